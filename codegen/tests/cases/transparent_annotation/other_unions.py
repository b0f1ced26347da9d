flags = 1 | 2
nothing = None | None


def f(x: int | None, y: "str" | None) -> list[int] | None:
    return x


twice = int | int
