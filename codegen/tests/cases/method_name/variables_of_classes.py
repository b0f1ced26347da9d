from typing import Protocol, TypedDict
from unittest.mock import MagicMock


class Hooks:
    aclose = None
    asend: int

    def __init__(self, aclose):
        self.aclose = aclose


class Both:
    async def close(self): ...

    aclose = close


class Closer(Protocol):
    aclose: object


class Options(TypedDict):
    aclose: bool


async def end(hooks, options: Options):
    match hooks:
        case Hooks(aclose=None):
            return options["aclose"]
    await Hooks(aclose=MagicMock(aclose=1)).aclose()
    Closer.aclose, await Both().aclose()


# ---- twin ----
from typing import Protocol, TypedDict
from unittest.mock import MagicMock


class Hooks:
    close = None
    send: int

    def __init__(self, aclose):
        self.close = aclose


class Both:
    def close(self): ...

    aclose = close


class Closer(Protocol):
    close: object


class Options(TypedDict):
    aclose: bool


def end(hooks, options: Options):
    match hooks:
        case Hooks(close=None):
            return options["aclose"]
    Hooks(aclose=MagicMock(close=1)).close()
    Closer.close, Both().close()
