import contextlib
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class Rows(AsyncIterable[int], Iterable[int]):
    pass


class Guard(
    contextlib.AbstractContextManager[T],
    contextlib.AbstractAsyncContextManager[T],
    Generic[T],
    metaclass=type,
):
    pass


class Decorating(contextlib.AsyncContextDecorator, contextlib.ContextDecorator): ...


class Other(AsyncIterator[str], Generic[T]): ...

# ---- twin ----

import contextlib
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Rows(Iterable[int]):
    pass


class Guard(
    contextlib.AbstractContextManager[T],
    Generic[T],
    metaclass=type,
):
    pass


class Decorating(contextlib.ContextDecorator): ...


class Other(Iterator[str], Generic[T]): ...
