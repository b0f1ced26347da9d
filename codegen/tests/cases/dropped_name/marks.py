import pytest
from pytest import mark

pytestmark = pytest.mark.asyncio


# Why this one is run.
@pytest.mark.asyncio
async def test_one(): ...


@mark.slow
@mark.anyio(loop_scope="module")
@pytest.mark.parametrize("x", [pytest.param(1, marks=[mark.slow, mark.asyncio])])
async def test_two(x): ...


class TestThree:
    pytestmark = [pytest.mark.asyncio(loop_scope="class"), pytest.mark.slow]

    @pytest.mark.asyncio
    async def test_four(self): ...

# ---- twin ----

import pytest
from pytest import mark


# Why this one is run.
def test_one(): ...


@mark.slow
@pytest.mark.parametrize("x", [pytest.param(1, marks=[mark.slow])])
def test_two(x): ...


class TestThree:
    pytestmark = [pytest.mark.slow]

    def test_four(self): ...
