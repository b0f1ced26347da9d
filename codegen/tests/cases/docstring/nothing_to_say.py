"""We await the answer, and `asyncio` is async."""


def f():
    x = 1
    """Not a docstring: `await f()`."""
    return x
