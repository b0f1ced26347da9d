import asyncio


async def f(x, /, y, *args: int, z=1, **options):
    """`await` in a docstring."""
    async with (
        x as a,  # first
        await y() as b,
    ):
        pass
    match await x():
        case {"key": [1, *_], **rest} if (found := await y()):
            print(rest, found)
        case asyncio.Event() | -1 + 2j | None | "a" "b":
            pass
        case x.name | (1,) as both:
            print(both)
        case _:
            pass
    if (size := len(await x())) > 1 and [last := await y(), last**size]:
        pass
    f"{await x()!r:>{await y()}} {'nested ' + f'{await x()}'} {{await}} {size=}"
    values = {k: v async for k, v in x() if await y() for _ in await x()}
    first, *rest = await x(), *await y()
    values[await x() : await y() : -(await x())] = lambda q=size, *, r: q
    (awaited := await x())
    del first, rest, awaited
    assert await x(), await y()
    try:
        raise await x() from await y()
    except (ValueError, await_errors()) as error:
        print(error)
    else:
        return await x() if await y() else not await x()
    finally:
        print(*await x(), **await y(), sep=await x())


def await_errors(): ...


async def generator():
    sent = yield
    yield sent, *[]
    yield await generator().asend(1)
    async for x in generator():
        if x:
            continue
    else:
        return
    while await f(1, 2):
        break

# ---- twin ----
import threading


def f(x, /, y, *args: int, z=1, **options):
    """`await` in a docstring."""
    with (
        x as a,  # first
        y() as b,
    ):
        pass
    match x():
        case {"key": [1, *_], **rest} if found := y():
            print(rest, found)
        case threading.Event() | -1 + 2j | None | "a" "b":
            pass
        case x.name | (1,) as both:
            print(both)
        case _:
            pass
    if (size := len(x())) > 1 and [last := y(), last**size]:
        pass
    f"{x()!r:>{y()}} {'nested ' + f'{x()}'} {{await}} {size=}"
    values = {k: v for k, v in x() if y() for _ in x()}
    first, *rest = x(), *y()
    values[x() : y() : -(x())] = lambda q=size, *, r: q
    (awaited := x())
    del first, rest, awaited
    assert x(), y()
    try:
        raise x() from y()
    except (ValueError, await_errors()) as error:
        print(error)
    else:
        return x() if y() else not x()
    finally:
        print(*x(), **y(), sep=x())


def await_errors(): ...


def generator():
    sent = yield
    yield sent, *[]
    yield generator().send(1)
    for x in generator():
        if x:
            continue
    else:
        return
    while f(1, 2):
        break
