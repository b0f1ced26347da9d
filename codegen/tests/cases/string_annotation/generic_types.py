# renames: Async* = *
# python: 3.12
import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal, Optional, TypeAlias, Union


class AsyncClient: ...


Handler = Callable[["AsyncClient"], Awaitable["AsyncClient | None"]]
Maybe = Optional["AsyncClient"]
Either = Union["AsyncClient", Literal["AsyncClient"]]
Plain: TypeAlias = "AsyncClient | None"
type New = "AsyncClient"
table = {"AsyncClient": 1}
value = table["AsyncClient"]
types = list["AsyncClient"]
noted = Annotated["AsyncClient", table["AsyncClient"]]


class Many(dict[str, "AsyncClient"]): ...


def annotated(x: "AsyncClient", y: Annotated[int, "AsyncClient"]): ...


def f[T: ("asyncio.Event", "AsyncClient")](x: T) -> T:
    return x

# ---- twin ----
# renames: Async* = *
# python: 3.12
from collections.abc import Callable
from typing import Annotated, Literal, Optional, TypeAlias, Union


class Client: ...


Handler = Callable[["Client"], "Client | None"]
Maybe = Optional["Client"]
Either = Union["Client", Literal["AsyncClient"]]
Plain: TypeAlias = "Client | None"
type New = "Client"
table = {"AsyncClient": 1}
value = table["AsyncClient"]
types = list["Client"]
noted = Annotated["Client", table["AsyncClient"]]


class Many(dict[str, "Client"]): ...


def annotated(x: "Client", y: Annotated[int, "AsyncClient"]): ...


def f[T: ("threading.Event", "Client")](x: T) -> T:
    return x
