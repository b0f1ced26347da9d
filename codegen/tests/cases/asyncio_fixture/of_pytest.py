import pytest


@pytest.fixture(scope="module")
def one():
    yield 1
