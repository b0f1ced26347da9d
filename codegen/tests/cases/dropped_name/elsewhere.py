import pytest

asynchronous = pytest.mark.asyncio
marks = [pytest.mark.anyio]


@pytest.param(1, marks=pytest.mark.asyncio)
async def test_one(): ...


class TestTwo:
    pytestmark = pytest.mark.asyncio

# ---- refused ----
# 3:16: TW213 dropped_name: this exists for the event loop only, and cannot be left out here
#   help: use it as a decorator, or in `pytestmark`
# 4:10: TW213 dropped_name: this exists for the event loop only, and cannot be left out here
#   help: use it as a decorator, or in `pytestmark`
# 7:24: TW213 dropped_name: this exists for the event loop only, and cannot be left out here
#   help: use it as a decorator, or in `pytestmark`
# 12:18: TW213 dropped_name: this exists for the event loop only, and cannot be left out here
#   help: use it as a decorator, or in `pytestmark`
