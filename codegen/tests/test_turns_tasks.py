"""Tasks over the turns runtime: the same as in asyncio."""

from __future__ import annotations

import contextvars
import gc
import logging
import socket
import sys
import threading
import types
import weakref
from typing import Any

import pytest

from support.turns_functions import double, in_loop
from twingen.runtime.turns import (
    dynamic_calls,
    event_loop,
    events,
    exceptions,
    executors,
    task_creation,
    task_groups,
    timeouts,
    waiting,
)
from twingen.runtime.turns.dynamic_calls import await_, later
from twingen.runtime.turns.exceptions import CancelledError
from twingen.runtime.turns.function_kinds import coroutine
from twingen.runtime.turns.runners import run
from twingen.runtime.turns.task_creation import create_task
from twingen.runtime.turns.waiting import sleep


def test_order_of_steps() -> None:
    log: list[str] = []

    @coroutine
    def child(name: str) -> None:
        for i in range(3):
            log.append(f"{name}{i}")
            sleep(0)

    def main() -> None:
        loop = events.get_running_loop()
        made = [create_task(later(child, each)) for each in "ab"]
        loop.call_soon(log.append, "soon")
        sleep(0)
        log.append("main")
        loop.call_soon(log.append, "later")
        waiting.wait(made)

    in_loop(main)
    assert log == ["a0", "b0", "soon", "main", "a1", "b1", "later", "a2", "b2"]


def test_cancellation() -> None:
    log: list[Any] = []

    @coroutine
    def child() -> None:
        try:
            sleep(1000)
        except CancelledError as error:
            log.append(error.args)
            raise

    def main() -> None:
        task = create_task(later(child))
        never = create_task(later(child))
        never.cancel()
        sleep(0)
        assert task.cancel("why")
        assert task.cancelling() == 1
        with pytest.raises(CancelledError):
            await_(task)
        assert task.cancelled()
        assert never.cancelled()
        assert not task.cancel()

    in_loop(main)
    assert log == [("why",)]


def test_exception_never_retrieved(caplog: pytest.LogCaptureFixture) -> None:
    @coroutine
    def fails() -> None:
        raise ZeroDivisionError

    def main() -> None:
        create_task(later(fails))
        sleep(0)
        sleep(0)

    with caplog.at_level(logging.ERROR, "asyncio"):
        in_loop(main)
        gc.collect()
    assert "Task exception was never retrieved" in caplog.text


def test_failed_task_is_freed_at_once() -> None:
    references = []

    @coroutine
    def fails() -> None:
        raise ZeroDivisionError

    def main() -> None:
        gc.disable()
        try:
            task = create_task(later(fails))
            references.append(weakref.ref(task))
            with pytest.raises(ZeroDivisionError):
                await_(task)
            del task
            sleep(0)
            assert references[0]() is None
        finally:
            gc.enable()

    if sys.version_info >= (3, 11):  # before, pytest.raises() keeps the frames
        in_loop(main)


def test_callback_in_a_wait_sees_no_exception_that_is_handled() -> None:
    seen: list[BaseException | None] = []

    def callback() -> None:
        seen.append(sys.exc_info()[1])

    def main() -> None:
        try:
            raise KeyError
        except KeyError:
            events.get_running_loop().call_soon(callback)
            sleep(0)

    in_loop(main)
    assert seen == [None]


def test_exception_in_a_callback(caplog: pytest.LogCaptureFixture) -> None:
    def main() -> int:
        events.get_running_loop().call_soon(lambda: 1 // 0)
        sleep(0)
        return 1

    with caplog.at_level(logging.ERROR, "asyncio"):
        assert in_loop(main) == 1
    assert "Exception in callback" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_context_variables_of_tasks() -> None:
    variable = contextvars.ContextVar("variable", default=0)

    @coroutine
    def child(value: int) -> int:
        variable.set(value)
        sleep(0)
        return variable.get()

    def main() -> None:
        assert await_(waiting.gather(later(child, 1), later(child, 2))) == [1, 2]
        assert variable.get() == 0
        context = contextvars.copy_context()
        await_(create_task(later(child, 3), context=context))
        assert context[variable] == 3

    in_loop(main)


def test_eager_tasks() -> None:
    log: list[str] = []

    @coroutine
    def child(name: str) -> str:
        log.append(f"{name} begins")
        if name == "waits":
            sleep(0)
        return name

    def main() -> None:
        events.get_running_loop().set_task_factory(task_creation.eager_task_factory)
        done = create_task(later(child, "ends"))
        assert done.done()
        waits = create_task(later(child, "waits"))
        assert not waits.done()
        log.append("main")
        assert await_(waits) == "waits"
        events.get_running_loop().set_task_factory(None)

    in_loop(main)
    assert log == ["ends begins", "waits begins", "main"]


def fail_in_a_group() -> None:
    with task_groups.TaskGroup() as group:
        group.create_task(later(coroutine(lambda: 1 // 0)))
        sleep(1000)


def test_tasks_are_traced() -> None:
    seen: set[str] = set()

    def trace(frame: types.FrameType, event: str, argument: object) -> None:
        seen.add(frame.f_code.co_name)

    @coroutine
    def traced_child() -> None:
        sleep(0)

    threading.settrace(trace)
    try:
        in_loop(lambda: await_(create_task(later(traced_child))))
    finally:
        threading.settrace(None)
    assert "traced_child" in seen


def test_groups_timeouts_and_waits() -> None:
    def main() -> None:
        with task_groups.TaskGroup() as group:
            one, two = (group.create_task(later(double, i)) for i in (1, 2))
        assert (one.result(), two.result()) == (2, 4)
        with pytest.raises(exceptions.BaseExceptionGroup) as failed:
            fail_in_a_group()
        assert [type(each) for each in failed.value.exceptions] == [ZeroDivisionError]
        with pytest.raises(TimeoutError), timeouts.timeout(0.001):
            sleep(1000)
        with pytest.raises(TimeoutError):
            waiting.wait_for(later(sleep, 1000), 0.001)
        done, pending = waiting.wait([create_task(later(double, 1))])
        assert len(done) == 1
        assert not pending
        task = create_task(later(sleep, 1000))
        shielded = waiting.shield(task)
        shielded.cancel()
        sleep(0)
        assert not task.done()
        task.cancel()

    in_loop(main)


def test_as_completed_in_both_ways() -> None:
    @coroutine
    def after(rounds: int) -> int:
        for _ in range(rounds):
            sleep(0)
        return rounds

    def main() -> None:
        made = [later(after, each) for each in (5, 1, 3)]
        assert [await_(each) for each in waiting.as_completed(made)] == [1, 3, 5]
        begun = [create_task(later(after, each)) for each in (5, 1, 3)]
        each = list(dynamic_calls.iterated(waiting.as_completed(begun)))
        assert each == [begun[1], begun[2], begun[0]]

    in_loop(main)


def test_executor() -> None:
    def main() -> None:
        ident = executors.to_thread(threading.get_ident)
        assert ident != threading.get_ident()
        with pytest.raises(ZeroDivisionError):
            executors.to_thread(lambda: 1 // 0)

    in_loop(main)


def test_sockets() -> None:
    def main() -> None:
        loop = events.get_running_loop()
        here, there = socket.socketpair()
        with here, there:
            here.setblocking(False)
            there.setblocking(False)
            task = create_task(later(loop.sock_recv, here, 10))
            sleep(0)
            loop.sock_sendall(there, b"hello")
            assert await_(task) == b"hello"
            got: list[bytes] = []
            loop.add_reader(here, lambda: got.append(here.recv(10)))
            there.send(b"again")
            while not got:
                sleep(0)
            assert loop.remove_reader(here)
            assert not loop.remove_reader(here)
        with socket.socket() as server, socket.socket() as client:
            server.bind(("127.0.0.1", 0))
            server.listen()
            server.setblocking(False)
            client.setblocking(False)
            accepting = create_task(later(loop.sock_accept, server))
            loop.sock_connect(client, server.getsockname())
            accepted, address = await_(accepting)
            assert address == client.getsockname()
            accepted.close()

    in_loop(main)


def test_loop_as_an_object() -> None:
    loop = event_loop.EventLoop()
    assert not loop.is_running()
    assert loop.run_until_complete(later(double, 2)) == 4
    loop.call_soon(loop.stop)
    loop.run_forever()
    forever = loop.create_future()
    loop.call_soon(loop.stop)
    with pytest.raises(RuntimeError, match="Event loop stopped before Future"):
        loop.run_until_complete(forever)
    loop.close()
    assert loop.is_closed()
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        loop.call_soon(print)


def test_run_cannot_be_called_in_a_running_loop() -> None:
    def main() -> None:
        made = later(double, 1)
        with pytest.raises(RuntimeError, match="cannot be called from a running"):
            run(made)
        made.close()

    in_loop(main)
