from typing import (
    Any,
    AsyncContextManager,  # twingen: async-only
)

__all__ = [
    "first",  # kept
    "second",  # twingen: async-only
]
a = [
    1,
    2  # twingen: async-only
]
b = (
    1,
    2,  # twingen: async-only
)
c = {
    1,
    2,  # twingen: async-only
}
d = {
    "x": 1,  # twingen: async-only
    **{},  # twingen: async-only
    "y": 2,
}
e = print(
    *a,  # twingen: async-only
    sep="",
    end="",  # twingen: async-only
)
f = [
    # all of it
    1,  # twingen: async-only
]


class First(
    object,
    metaclass=type,  # twingen: async-only
): ...


async def first(
    x,
    /,
    y: Any,  # twingen: async-only
    *args,
    z,  # twingen: async-only
    **options,
):
    async with (
        x as a,
        x as b,  # twingen: async-only
    ):
        return a


def second(
    x,  # twingen: async-only
    /,
    *,
    y=1  # twingen: async-only
):
    return 1

# ---- twin ----
__all__ = [
    "first",  # kept
]
a = [
    1,
]
b = (1,)
c = {
    1,
}
d = {
    "y": 2,
}
e = print(
    sep="",
)
f = [
    # all of it
]


class First(
    object,
): ...


def first(
    x,
    /,
    *args,
    **options,
):
    with (x as a,):
        return a


def second():
    return 1
