import pytest

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("value", [1, 2])
async def test_values(value):
    assert value


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
class TestMore:
    async def test_one(self):
        pass


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_of_backends(anyio_backend):
    assert anyio_backend == "asyncio"

# ---- twin ----
import pytest

pytestmark = [pytest.mark.slow]


@pytest.mark.parametrize("value", [1, 2])
def test_values(value):
    assert value


class TestMore:
    def test_one(self):
        pass


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
def test_of_backends(anyio_backend):
    assert anyio_backend == "asyncio"
