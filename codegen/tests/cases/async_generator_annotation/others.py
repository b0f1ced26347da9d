from collections.abc import Generator


class AsyncGenerator(list[int]): ...


def f(x: AsyncGenerator) -> Generator[int, None, None]:
    yield 1
