# renames: Async* = *
# method: AsyncClient.a* = *
from typing import Annotated, Any, ClassVar, Optional, Type, Union

import httpx
from typing_extensions import Self


class AsyncClient:
    shared: ClassVar["Self"]

    async def aget(self):
        return await self.shared.aget()

    async def both(self, one: Self, other: "Optional[Self]"):
        return await one.aget(), await other.aget()


async def read(one: Any, other: Annotated[Any, 1], more: object):
    return await one.aread(), await other.aread(), await more.aread()


async def rows(one: Union[httpx.Request, httpx.Response]):
    return [each async for each in one.aiter_raw()]


async def got(one: Union["AsyncClient", None], kind: Type[AsyncClient]):
    return await one.aget(), await kind.aget(one)

# ---- twin ----
# renames: Async* = *
# method: Client.a* = *
from typing import Annotated, Any, ClassVar, Optional, Type, Union

import httpx
from typing_extensions import Self


class Client:
    shared: ClassVar["Self"]

    def get(self):
        return self.shared.get()

    def both(self, one: Self, other: "Optional[Self]"):
        return one.get(), other.get()


def read(one: Any, other: Annotated[Any, 1], more: object):
    return one.read(), other.read(), more.read()


def rows(one: Union[httpx.Request, httpx.Response]):
    return [each for each in one.iter_raw()]


def got(one: Union["Client", None], kind: Type[Client]):
    return one.get(), kind.get(one)
