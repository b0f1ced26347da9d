# renames: ac* = c*
import pytest


@pytest.fixture
def aconn(): ...


def test(aconn):
    with aconn.cursor() as conn:
        return conn

# ---- refused ----
# 6:5: TW201 library_name: aconn becomes conn in the twin, which this module binds already
#   help: rename one of the two
# 9:10: TW237 fixture_name: the fixture aconn becomes conn in the twin, which test uses for something else
#   help: rename that conn
