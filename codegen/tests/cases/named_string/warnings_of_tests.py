# renames: AsyncWarning = LaterWarning
import pytest


class AsyncWarning(Warning): ...


class Other(Warning): ...


@pytest.mark.filterwarnings("ignore::source.AsyncWarning", "error:a.b:UserWarning")
@pytest.mark.filterwarnings("ignore::source.Other")
@pytest.mark.filterwarnings("ignore:source.AsyncWarning")
async def test(): ...
# ---- twin ----
# renames: LaterWarning = LaterWarning
import pytest


class LaterWarning(Warning): ...


class Other(Warning): ...


@pytest.mark.filterwarnings("ignore::twin.LaterWarning", "error:a.b:UserWarning")
@pytest.mark.filterwarnings("ignore::twin.Other")
@pytest.mark.filterwarnings("ignore:source.AsyncWarning")
def test(): ...
