"""Functions that tests of the turns runtime call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from twingen.runtime.turns.dynamic_calls import later
from twingen.runtime.turns.function_kinds import coroutine
from twingen.runtime.turns.generators import generator
from twingen.runtime.turns.runners import run
from twingen.runtime.turns.waiting import sleep


@coroutine
def double(x: int, /, *, more: int = 0) -> int:
    sleep(0)
    return 2 * x + more


def plain(x: int) -> int:
    return 2 * x


def in_loop(body: Callable[[], Any]) -> Any:
    """Run a function as the main coroutine of a loop."""
    return run(later(coroutine(body)))


@generator
def counted(n: int, seen: list[str] | None = None) -> Iterator[int]:
    try:
        for i in range(n):
            sleep(0)
            yield i
    finally:
        sleep(0)
        if seen is not None:
            seen.append("closed")


class Manager:
    def __init__(self, seen: list[str]) -> None:
        self.seen = seen

    @coroutine
    def __aenter__(self) -> Manager:
        self.seen.append("in")
        return self

    @coroutine
    def __aexit__(self, *error: object) -> bool:
        sleep(0)
        self.seen.append("out")
        return True
