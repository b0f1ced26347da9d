"""Each scenario, stopped at each of its suspension points.

After each, the error has come out, the connection works or says that it does not,
in time, and nothing is left behind.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from pgtwin.core.deadlines import Deadline, OperationTimeout
from tests.aio.support import scenarios
from tests.aio.support.scenarios import Scenario, Stage
from tests.trust.forms import Form
from tests.trust.leaks import nothing_left, nothing_unseen
from tests.trust.rows import Rows
from tests.trust.tally import Tally

# Seconds in which all has to be at rest again. The machine may stand still meanwhile:
# who uses it lets the driver wait longer for a server that does not answer.
LIMIT = 45.0
# More points than any scenario has.
MANY = 5000
# How often a scenario has to come to its end undisturbed, before it has no more
# points: how many it has depends on how fast the server is.
ENDS = 3

HOWS = ("waiting", "waking", "twice")


class Stepped(Coroutine[Any, Any, None]):
    """Hands a coroutine on, and cancels its task at one of its suspensions.

    `how` is `waiting`: before anything has come; `waking`: when what was waited for
    has come, and the task does not know it yet; `twice`: again at the suspension
    after that.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, None], at: int, how: str) -> None:
        self._coroutine = coroutine
        self._at = (at, at + 1) if how == "twice" else (at,)
        self._waking = how == "waking"
        self.points = 0
        self.cancelled_at: float | None = None

    def send(self, value: Any) -> Any:
        return self._suspended(self._coroutine.send(value))

    def throw(self, *error: Any) -> Any:
        return self._suspended(self._coroutine.throw(*error))

    def close(self) -> None:
        self._coroutine.close()

    def __await__(self) -> Any:
        raise NotImplementedError  # it is a task's own coroutine, nobody awaits it

    def _suspended(self, future: Any) -> Any:
        self.points += 1
        if self.points in self._at:
            task = asyncio.current_task()
            assert task is not None
            if future is not None and self._waking:
                future.add_done_callback(lambda _: self._cancel(task))
            else:
                self._cancel(task)
        return future

    def _cancel(self, task: asyncio.Task[Any]) -> None:
        self.cancelled_at = time.monotonic()
        task.cancel()


async def cancel_everywhere(
    dsn: str, scenario: Scenario, how: str, rows: Rows, step: int = 1
) -> Tally:
    """Cancel a scenario at every `step`th suspension."""
    loop = asyncio.get_running_loop()
    unhandled: list[str] = []
    loop.set_exception_handler(lambda _, context: unhandled.append(str(context)))
    stage = await scenarios.open_stage(dsn, scenario, None)
    tasks = asyncio.all_tasks()
    tally = Tally()
    ended = 0
    try:
        with nothing_unseen() as unseen:
            for at in range(1, MANY, step):
                where = f"{scenario.name}, cancelled at suspension {at}, {how}"
                stage = await _replaced(stage, rows.new_mark())
                with nothing_left():
                    played: Any = scenario.play(stage)
                    stepped = Stepped(played, at, how)
                    done = await _ended(loop.create_task(stepped), where)
                    struck = stepped.cancelled_at
                    del played, stepped
                    assert not done or struck is None, f"{where}: not heeded"
                    works = await scenarios.at_rest(stage.conn)
                    assert works or how == "twice", f"{where}: broken"
                    gc.collect()
                assert struck is None or time.monotonic() - struck < LIMIT, where
                rows.check(scenario, stage.mark, done)
                assert not unseen, f"{where}: {unseen}"
                assert not unhandled, f"{where}: {unhandled}"
                if stage.pool is None:
                    left = asyncio.all_tasks() - tasks
                    assert not left, f"{where}: {left}"
                if not done:
                    tally.add(works)
                ended += done
                if ended == ENDS:
                    return tally
    finally:
        await scenarios.close_stage(stage)
    raise AssertionError(f"{scenario.name} never ends")


async def _ended(task: asyncio.Task[None], where: str) -> bool:
    """Return whether a task has done all, or was cancelled; nothing else may happen."""
    await asyncio.wait([task])
    if task.cancelled():
        return False
    error = task.exception()
    if error is not None:
        raise AssertionError(where) from error
    return True


async def _replaced(stage: Stage, mark: int) -> Stage:
    """Return a stage that was not used, with the connection if it works."""
    stage = await scenarios.with_whole_pool(stage)
    conn = stage.conn
    if conn.closed:
        await conn.close()
        conn = (await scenarios.open_stage(stage.dsn, Scenario(_no_play), None)).conn
    return stage._replace(conn=conn, mark=mark)


async def _no_play(stage: Stage) -> None:
    pass


@contextmanager
def expired_at(number: int) -> Iterator[list[int]]:
    """Have the time of an operation end where it is asked for the `number`th time.

    Gives a list whose only element counts how often it was asked for.
    """
    asked = [0]
    left = Deadline.left

    def expired(self: Deadline) -> float:
        asked[0] += 1
        return 0.0 if asked[0] == number else left(self)

    Deadline.left = expired  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        Deadline.left = left  # type: ignore[method-assign]


def time_out_everywhere(
    form: Form, dsn: str, name: str, rows: Rows, step: int = 1
) -> Tally:
    """Let the time of a scenario be over at every `step`th look at it."""
    stages = form.scenarios
    scenario = form.scenario(name)
    stage = form.run(stages.open_stage, dsn, scenario, 60.0)
    tally = Tally()
    ended = 0
    try:
        with nothing_unseen() as unseen:
            for at in range(1, MANY, step):
                where = f"{form.name} {name}, timed out at look {at}"
                stage = form.renewed(stage, rows.new_mark())
                started = time.monotonic()
                with nothing_left():
                    done = _in_time(form, scenario, stage, at)
                    assert form.run(stages.at_rest, stage.conn), f"{where}: broken"
                    gc.collect()
                assert time.monotonic() - started < LIMIT, where
                rows.check(scenario, stage.mark, done)
                assert not unseen, f"{where}: {unseen}"
                assert not form.unhandled, f"{where}: {form.unhandled}"
                if not done:
                    tally.add(True)
                ended += done
                if ended == ENDS:
                    return tally
    finally:
        form.run(stages.close_stage, stage)
    raise AssertionError(f"{name} never ends")


def _in_time(form: Form, scenario: Any, stage: Any, at: int) -> bool:
    """Return whether a scenario has done all before the time was over."""
    with expired_at(at) as asked:
        try:
            form.run(scenario.play, stage)
        except OperationTimeout:
            return False
    # Who only looks once more, at the end of its time, has done all in it.
    return asked[0] < at or scenario.name == "notifies"
