"""Functions in every form: methods, closures, decorators, defaults, recursion."""

import asyncio
import functools


async def value(x):
    return x


def logged(function):
    @functools.wraps(function)
    async def wrapper(*args, **kwargs):
        print("call", function.__name__)
        return await function(*args, **kwargs)

    return wrapper


@logged
async def decorated(x: int = 1) -> int:
    """Add one; `await decorated()`."""
    return x + 1


class Base:
    async def greet(self) -> str:
        return "base"

    @classmethod
    async def make(cls) -> "Base":
        return cls()

    @staticmethod
    async def plain() -> str:
        return "static"

    @property
    def alias(self):
        return self.greet


class Derived(Base):
    async def greet(self) -> str:
        return "derived of " + await super().greet()


async def example_methods():
    made = await Derived.make()
    return await made.greet(), await Base.plain(), await made.alias()


async def example_decorators():
    return await decorated(3), decorated.__name__


async def example_closures():
    count = 0

    async def increase(by=await value(2)):  # noqa: B008
        nonlocal count
        count += await value(by)
        return count

    return await increase(), await increase(5), await (lambda: increase(1))()


async def example_recursion():
    async def factorial(n):
        return 1 if n < 2 else n * await factorial(n - 1)

    return await factorial(10)


async def example_exceptions():
    try:
        raise ValueError(await value("first"))
    except ValueError as error:
        try:
            raise KeyError(await value("second")) from error
        except KeyError as second:
            print(repr(second.__cause__))
    finally:
        print(await value("finally"))
    assert await value(0), await value("assertion")


async def example_matching():
    match await value({"a": 1}):
        case {"a": 2}:
            return "two"
        case {"a": x} if await value(x):
            return "one", x


async def example_passing_functions():
    async def apply(function, *args):
        return await function(*args)

    return [await apply(f, 1) for f in (value, decorated)]


async def example_parallel_methods():
    base, derived = Base(), Derived()
    return await asyncio.gather(base.greet(), derived.greet(), Base.plain())
