import contextlib
from asyncio import (  # twingen: async-only
    Lock,
    Queue,
)

names = [  # twingen: async-only
    "Lock",
]
kept = [
    "one",  # twingen: async-only
    "two",
]
both = lambda a, b=[  # twingen: async-only
    1,
]: a
text = """
"""  # twingen: async-only
total = (1 +  # twingen: async-only
         2)


@contextlib.contextmanager
@print(  # twingen: async-only
    1
)
def g(  # a comment
    a,
): ...


@contextlib.contextmanager
def f(  # twingen: async-only
    a,
):
    return a


async def h(
    a,  # twingen: async-only
    b,
):
    await h(  # twingen: async-only
        1,
        2,
    )
    if (  # twingen: async-only
        a
        and b
    ):
        return 1
    else:  # twingen: sync-only
        return 2

# ---- twin ----
import contextlib

kept = [
    "two",
]


@contextlib.contextmanager
def g(  # a comment
    a,
): ...


def h(
    b,
):
    return 2
