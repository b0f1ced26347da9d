"""Threads that are in no loop call functions of the turns runtime."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from support.turns_functions import double
from twingen.runtime.turns import (
    entry_points,
    events,
    inspection,
    locks,
    queues,
    shared_loop,
    task_creation,
    tasks,
    thread_state,
    timeouts,
    waiting,
)
from twingen.runtime.turns.dynamic_calls import await_, later
from twingen.runtime.turns.entry_points import entry
from twingen.runtime.turns.task_creation import create_task
from twingen.runtime.turns.waiting import sleep


def test_calls_of_a_users_thread() -> None:
    assert waiting.wait_for(later(double, 1), 10) == 2
    assert await_(later(double, 2)) == 4
    task = create_task(later(double, 3))
    assert await_(task) == 6
    assert await_(waiting.gather(later(double, 1), later(double, 2))) == [2, 4]
    assert events.get_running_loop() is shared_loop.shared_loop()
    queue: queues.Queue[int] = queues.Queue()
    queue.put(1)
    assert queue.get() == 1
    with locks.Lock():
        assert thread_state.here.loop is None


def test_timeout_of_a_users_thread() -> None:
    @entry
    def user() -> None:
        assert tasks.current_task() is not None
        with timeouts.timeout(0.001):
            sleep(1000)

    with pytest.raises(TimeoutError):
        user()


def test_thread_that_wants_no_loop() -> None:
    before = thread_state.here.chosen
    events.set_event_loop(None)
    try:
        with pytest.raises(RuntimeError, match="no running event loop"):
            events.get_running_loop()
        with pytest.raises(RuntimeError, match="There is no current event loop"):
            events.get_event_loop()
    finally:
        thread_state.here.chosen = before


def test_shared_loop_runs_what_it_is_given() -> None:
    loop = events.get_event_loop()
    assert loop.run_until_complete(later(double, 2)) == 4
    done = threading.Event()
    loop.call_soon_threadsafe(done.set)
    assert done.wait(60)
    done.clear()
    loop.call_later(0.001, done.set)
    assert done.wait(60)
    future = task_creation.run_coroutine_threadsafe(later(double, 3), loop)
    assert future.result(60) == 6


def test_guarded_function_has_the_turn() -> None:
    shared_loop.shared_loop()

    @entry_points.guarded
    def plainly() -> Any:
        return thread_state.here.loop

    assert plainly() is shared_loop.shared_loop()
    assert not inspection.iscoroutinefunction(plainly)
