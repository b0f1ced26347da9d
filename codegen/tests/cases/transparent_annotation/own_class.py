class Awaitable(list[int]): ...


def f(x: Awaitable, y: "Awaitable") -> list[int]:
    return x
