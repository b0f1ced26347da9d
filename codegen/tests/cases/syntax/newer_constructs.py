# python: 3.14
import asyncio


class Stack[T: asyncio.Lock = asyncio.Lock, *Ts = *tuple[int, ...], **P = [int]]:
    async def push[S: (int, "asyncio.Event")](self, item: T, *rest: *Ts) -> S:
        async with item:
            return await self.push(item, *rest)


type Locks[T] = dict[T, asyncio.Lock]
type match = asyncio.Event


async def f(x):
    try:
        await x()
    except* ValueError, TypeError:
        print(f"{await x()!r:>{await x(f"{x["key"]}")}} {
            await x()  # in the string
        }")
    except* (KeyError, IndexError) as group:
        print(t"{await x()} {x!r:{await x()}}", group)
    try:
        return [*await x()]
    except ValueError, TypeError:
        return f"{'\n'.join(await x())}"

# ---- twin ----
# python: 3.14

import threading


class Stack[T: threading.Lock = threading.Lock, *Ts = *tuple[int, ...], **P = [int]]:
    def push[S: (int, "threading.Event")](self, item: T, *rest: *Ts) -> S:
        with item:
            return self.push(item, *rest)


type Locks[T] = dict[T, threading.Lock]
type match = threading.Event


def f(x):
    try:
        x()
    except* ValueError, TypeError:
        print(f"{x()!r:>{x(f"{x["key"]}")}} {
            x()  # in the string
        }")
    except* (KeyError, IndexError) as group:
        print(t"{x()} {x!r:{x()}}", group)
    try:
        return [*x()]
    except ValueError, TypeError:
        return f"{'\n'.join(x())}"
