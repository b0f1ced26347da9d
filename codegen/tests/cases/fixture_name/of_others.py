# renames: ac* = c*
import pytest


@pytest.fixture
def cur(aconn):
    return aconn


@pytest.mark.usefixtures("aconn")
def test(aconn):
    return aconn
