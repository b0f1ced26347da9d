import pytest

pytestmark = [pytest.mark.slow]


@pytest.mark.parametrize("asyncio", [1])
def test_one(asyncio): ...
