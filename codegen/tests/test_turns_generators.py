"""Asynchronous generators over the turns runtime."""

from __future__ import annotations

import contextlib
import gc
from typing import Any

import pytest

from support.turns_functions import counted, in_loop
from twingen.runtime.turns import (
    dynamic_calls,
    event_loop,
    generators,
)
from twingen.runtime.turns.dynamic_calls import await_
from twingen.runtime.turns.generators import generator
from twingen.runtime.turns.task_creation import create_task
from twingen.runtime.turns.waiting import sleep


def test_generator() -> None:
    def main() -> None:
        assert list(counted(3)) == [0, 1, 2]
        each: Any = counted(3)
        assert next(each) == 0
        assert await_(each.__anext__()) == 1
        assert await_(each.asend(None)) == 2
        with pytest.raises(StopAsyncIteration):
            await_(each.__anext__())
        assert await_(generators.Generator.aclose(each)) is None

    in_loop(main)


def test_generator_that_is_left_is_closed_by_its_loop() -> None:
    seen: list[str] = []

    def main() -> None:
        for _ in counted(3, seen):
            break
        gc.collect()
        assert seen == []
        for _ in range(4):
            sleep(0)
        assert seen == ["closed"]

    in_loop(main)


def test_generators_that_are_open_are_closed_by_run() -> None:
    seen: list[str] = []
    keep = []

    def main() -> None:
        keep.append(counted(3, seen))
        next(keep[0])

    in_loop(main)
    assert seen == ["closed"]


def test_generator_that_is_left_when_its_loop_is_closed() -> None:
    seen: list[str] = []
    loop = event_loop.EventLoop()
    each = counted(3, seen)
    assert loop.run_until_complete(each.__anext__()) == 0  # type: ignore[attr-defined]
    loop.close()
    del each
    gc.collect()
    assert seen == ["closed"]


def test_generator_that_runs_already() -> None:
    def main() -> None:
        each = counted(3)
        task = create_task(each.__anext__())  # type: ignore[attr-defined]
        sleep(0)
        with pytest.raises(RuntimeError, match=r"anext\(\): .* already running"):
            next(each)
        with pytest.raises(RuntimeError, match=r"aclose\(\): .* already running"):
            each.close()  # type: ignore[attr-defined]
        assert await_(task) == 0

    in_loop(main)


def test_contextlib_over_a_generator() -> None:
    seen: list[str] = []

    @contextlib.asynccontextmanager
    @generator
    def managed() -> Any:
        seen.append("in")
        sleep(0)
        try:
            yield 1
        finally:
            sleep(0)
            seen.append("out")

    def main() -> None:
        with contextlib.suppress(KeyError), dynamic_calls.entered(managed()) as one:
            assert one == 1
            raise KeyError

    in_loop(main)
    assert seen == ["in", "out"]
