from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from typing import Optional, Union

Answer = Union[int, Awaitable[int]]
Several = Union[str, Awaitable[str], None, Awaitable[None]]
Hook = Union[Callable[[str], Awaitable[None]], Callable[[str], None]]


def one(
    value: int | Awaitable[int],
    items: Iterable[int] | AsyncIterable[int],
    chosen: (
        int
        | str
        | Awaitable[int]
    ),
    right: int | (str | Awaitable[int] | Awaitable[str]),
    none: Optional[Awaitable[None]],
    both: Awaitable[int | None] | None,
    inner: list[int | Awaitable[int]] | list[int] | None,
) -> Awaitable[None] | None: ...


def in_strings(
    value: "int | Awaitable[int]",
    union: "Union[int, Awaitable[int], str]",
    none: "Optional[Awaitable[None]]",
) -> "Union[None, Awaitable[None]]": ...


def left(author: Awaitable[int] | int | str | str) -> Optional[Awaitable[int]]: ...

# ---- twin ----

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Optional, Union

Answer = int
Several = Union[str, None]
Hook = Callable[[str], None]


def one(
    value: int,
    items: Iterable[int],
    chosen: int | str,
    right: int | str,
    none: None,
    both: int | None,
    inner: list[int] | None,
) -> None: ...


def in_strings(
    value: "int",
    union: "Union[int, str]",
    none: "None",
) -> "None": ...


def left(author: int | str | str) -> Optional[int]: ...
