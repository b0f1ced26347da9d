# renames: ac* = c*
import pytest
import pytest_asyncio


@pytest_asyncio.fixture
async def aconn():
    yield 1


@pytest.fixture(name="acur")
def acur(aconn):
    return aconn


@pytest.fixture
def other(request, aconn):
    assert "aconn" in request.fixturenames
    return request.getfixturevalue("aconn"), aconn


@pytest.mark.usefixtures("aconn", "other")
async def test(aconn, acur):
    assert aconn
    f = lambda: aconn
    g = [aconn for _ in range(2)]

    async def inner():
        return aconn

    aconn = inner
    helper(aconn, aconn=aconn)


def helper(x, aconn):
    return aconn


@pytest.mark.parametrize("aconn", [1, 2], indirect=True)
@pytest.mark.parametrize("a, acur", [(1, 2)], indirect=["acur"])
@pytest.mark.parametrize(("a", "acur"), [(1, 2)])
def test2(aconn, a, acur):
    assert aconn == "aconn"


class TestX:
    pytestmark = pytest.mark.usefixtures("aconn")

    def test_a(self, aconn, *, acur):
        return aconn, acur


class TestOwn:
    @pytest.fixture
    def aconn(self): ...

    def test_a(self, aconn):
        return aconn

# ---- twin ----
# renames: ac* = c*
import pytest


@pytest.fixture
def conn():
    yield 1


@pytest.fixture(name="cur")
def cur(conn):
    return conn


@pytest.fixture
def other(request, conn):
    assert "conn" in request.fixturenames
    return request.getfixturevalue("conn"), conn


@pytest.mark.usefixtures("conn", "other")
def test(conn, cur):
    assert conn
    f = lambda: conn
    g = [conn for _ in range(2)]

    def inner():
        return conn

    conn = inner
    helper(conn, aconn=conn)


def helper(x, aconn):
    return aconn


@pytest.mark.parametrize("conn", [1, 2], indirect=True)
@pytest.mark.parametrize("a, cur", [(1, 2)], indirect=["cur"])
@pytest.mark.parametrize(("a", "cur"), [(1, 2)])
def test2(conn, a, cur):
    assert conn == "aconn"


class TestX:
    pytestmark = pytest.mark.usefixtures("conn")

    def test_a(self, conn, *, cur):
        return conn, cur


class TestOwn:
    @pytest.fixture
    def aconn(self): ...

    def test_a(self, aconn):
        return aconn
