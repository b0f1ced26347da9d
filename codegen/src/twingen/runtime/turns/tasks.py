"""Tasks: coroutines that run beside others, each in a thread."""

from __future__ import annotations

import contextvars
import inspect
import itertools
import linecache
import sys
import threading
import traceback
import types
from collections.abc import Callable
from typing import Any, TypeVar

from .abstract_event_loop import AbstractEventLoop
from .contexts import enter_again, leave, run_in
from .coroutines import CREATED, Coroutine
from .events import get_running_loop
from .exceptions import CancelledError, InvalidStateError
from .futures import Future, loop_of
from .handles import IN_TASK, Handle
from .inspection import iscoroutine
from .interrupts import Deferral, defer
from .reprs import task_repr
from .shared_loop import is_outside, visit
from .suspension import drive
from .task_registry import entered, registered_tasks
from .thread_state import here
from .turn_threads import Participant
from .workers import Workers

T = TypeVar("T")

_numbers = itertools.count(1)
_PACKAGE = __name__.rpartition(".")[0]


class Task(Future[T]):
    """A coroutine that runs beside others."""

    _loop: Workers  # pyright: ignore[reportIncompatibleVariableOverride]
    _participant: Participant | None = None
    """The thread that runs the body."""
    _unwinding = False
    _cancelled_exc: CancelledError | None
    _is_away = False
    """Its thread is in a call without the turn, or has left the loop to come back."""
    _on_return: Callable[[], object] | None = None
    """What is called when the thread is back."""

    def __init__(
        self,
        coro: Any,
        *,
        loop: AbstractEventLoop | None = None,
        name: object = None,
        context: contextvars.Context | None = None,
        eager_start: bool = False,
    ) -> None:
        super().__init__(loop=loop)
        if self._source_traceback:
            del self._source_traceback[-1]
        if not iscoroutine(coro):
            self._log_destroy_pending = False
            raise TypeError(f"a coroutine was expected, got {coro!r}")
        self._set_up(coro, name, context)
        if eager_start and self._loop.is_running() and here.loop is self._loop:
            self._loop._tasks.add(self)
            self._loop._start_eagerly(self)
        else:
            self._loop.call_soon(self._step, context=IN_TASK)
            self._loop._tasks.add(self)

    def _set_up(
        self, coro: Any, name: object, context: contextvars.Context | None
    ) -> None:
        self._name = f"Task-{next(_numbers)}" if name is None else str(name)
        self._num_cancels_requested = 0
        self._must_cancel = False
        self._fut_waiter: Any = None
        self._coro = coro
        self._first_error: BaseException | None = None
        self._shares_context = context is not None
        self._context = contextvars.copy_context() if context is None else context

    def __del__(self) -> None:
        if self._log_destroy_pending and not self.done():
            self._tell_pending()
        super().__del__()

    def _tell_pending(self) -> None:
        context = {"task": self, "message": "Task was destroyed but it is pending!"}
        if self._source_traceback:
            context["source_traceback"] = self._source_traceback
        self._loop.call_exception_handler(context)

    def _leave_pending(self) -> None:
        """The loop is closed: the body ends, the task does not."""
        if self._log_destroy_pending:
            self._log_destroy_pending = False
            self._tell_pending()
        self._unwinding = True

    def __repr__(self) -> str:
        return task_repr(self)

    def get_coro(self) -> Any:
        """Return the coroutine."""
        return self._coro

    def get_context(self) -> contextvars.Context:
        """Return the context that the body runs in."""
        return self._context

    def get_name(self) -> str:
        """Return the name."""
        return self._name

    def set_name(self, value: object) -> None:
        """Change the name."""
        self._name = str(value)

    def set_result(self, result: Any) -> None:
        """Refuse: the result is what the body returns."""
        raise RuntimeError("Task does not support set_result operation")

    def set_exception(self, exception: Any) -> None:
        """Refuse: the exception is what the body raises."""
        raise RuntimeError("Task does not support set_exception operation")

    def get_stack(self, *, limit: int | None = None) -> list[types.FrameType]:
        """Return the frames where the body waits, or of the exception it raised."""
        frames: list[types.FrameType] = []
        frame = getattr(self._coro, "cr_frame", getattr(self._coro, "gi_frame", None))
        if frame is not None:
            while frame is not None and (limit is None or len(frames) < limit):
                frames.append(frame)
                frame = None if isinstance(self._coro, Coroutine) else frame.f_back
            frames.reverse()
        elif self._exception is not None:
            tb = self._exception.__traceback__
            while tb is not None and (limit is None or len(frames) < limit):
                frames.append(tb.tb_frame)
                tb = tb.tb_next
        return frames

    def print_stack(self, *, limit: int | None = None, file: Any = None) -> None:
        """Print what `get_stack()` returns, as a traceback."""
        stack = []
        for frame in self.get_stack(limit=limit):
            code = frame.f_code
            linecache.checkcache(code.co_filename)
            line = linecache.getline(code.co_filename, frame.f_lineno, frame.f_globals)
            stack.append((code.co_filename, frame.f_lineno, code.co_name, line))
        file = sys.stderr if file is None else file
        error = self._exception
        if not stack:
            print(f"No stack for {self!r}", file=file)
        else:
            what = "Stack" if error is None else "Traceback"
            print(f"{what} for {self!r} (most recent call last):", file=file)
        traceback.print_list(stack, file=file)
        if error is not None:
            text = "".join(traceback.format_exception_only(type(error), error))
            print(text, file=file, end="")

    # Cancellation.

    def cancel(self, msg: Any = None) -> bool:
        """Raise `CancelledError` where the body waits; tell whether it can be."""
        if here.loop is None and is_outside(self._loop):
            return visit(self._cancel_task, msg)
        return self._cancel_task(msg)

    def _cancel_task(self, msg: Any) -> bool:
        self._retrieve = False
        if self.done():
            return False
        self._num_cancels_requested += 1
        waited = self._fut_waiter
        if waited is not None and waited.cancel(msg=msg):
            return True
        self._must_cancel = True
        self._cancel_message = msg
        return True

    def cancelling(self) -> int:
        """Return how often the task was asked to end, less `uncancel()`."""
        return self._num_cancels_requested

    def uncancel(self) -> int:
        """Take back one request to end; return how many are left."""
        if self._num_cancels_requested > 0:
            self._num_cancels_requested -= 1
            if self._num_cancels_requested == 0:
                self._must_cancel = False
        return self._num_cancels_requested

    def _strike_if_cancelled(self) -> None:
        """After a call that blocked: raise the cancellation that came meanwhile."""
        if self._must_cancel and not self.done():
            self._must_cancel = False
            raise self._make_cancelled_error()

    # Running.

    def _wakeup(self, future: Any) -> None:
        if isinstance(future, Future):
            # Not by `result()`: what is raised in this thread would have as its context
            # what this thread handles.
            if future.cancelled():
                self._step(future._make_cancelled_error())
            else:
                self._step(future._take_exception())
            return
        try:
            future.result()
        except BaseException as error:
            self._step(error)
        else:
            self._step()

    def _step(self, error: BaseException | None = None) -> None:
        """Say that the task goes on next."""
        if self.done():
            raise InvalidStateError(f"__step(): already done: {self!r}, {error!r}")
        if self._must_cancel:
            if not isinstance(error, CancelledError):
                error = self._make_cancelled_error()
            self._must_cancel = False
        self._fut_waiter = None
        participant = self._participant
        if participant is None:
            self._first_error = error
            self._loop._due = self
        else:
            participant.thrown = error
            participant.resumed = True
            self._loop._due = participant

    def _live(self, participant: Participant) -> None:
        """Run the body in this thread, from its beginning to its end."""
        loop = self._loop
        participant.task = self
        self._participant = participant
        outer, loop._current = loop._current, self
        error, self._first_error = self._first_error, None
        fatal: BaseException | None = None
        try:
            result = run_in(self._context, self._body, error)
        except CancelledError as raised:
            if not self._unwinding:
                self._cancelled_exc = _trimmed(raised)
                self._cancel()
        except (KeyboardInterrupt, SystemExit) as raised:
            if not self._unwinding:
                self._set_exception(_trimmed(raised))
            fatal = raised
        except BaseException as raised:
            if not self._unwinding:
                self._set_exception(_trimmed(raised))
        else:
            if self._unwinding:
                pass
            elif self._must_cancel:
                self._must_cancel = False
                self._cancel(self._cancel_message)
            else:
                self._set_result(result)
        finally:
            loop._current = outer
            loop._tasks.discard(self)
            participant.task = None
            self._participant = None
            del self, error
        if fatal is not None:
            try:
                raise fatal
            finally:
                del fatal

    def _body(self, error: BaseException | None) -> T:
        coro = self._coro
        try:
            if type(coro) is not Coroutine:
                return drive(coro, error)  # type: ignore[no-any-return]
            if error is None and coro._state is CREATED:
                return coro._run()  # type: ignore[no-any-return]
            if error is not None and coro._state is CREATED:
                coro.throw(error)
            return drive(_Sending(coro), error)  # type: ignore[no-any-return]
        finally:
            del self, coro, error

    def _suspend(self, participant: Participant, yielded: Any) -> None:
        """Wait for what the body yields, while others have the turn."""
        loop = self._loop
        if self._unwinding:
            raise RuntimeError("coroutine ignored GeneratorExit")
        try:
            self._register(yielded)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as raised:
            # A step of asyncio's is a callback: the body is not told.
            Handle(self._step, (), loop, IN_TASK)._tell(raised, self._step)
        loop._current = None
        left = self._shares_context and leave(self._context)
        try:
            loop._wait(participant)
        finally:
            loop._current = self
            if left:
                enter_again(self._context)
            del yielded
        error = participant.thrown
        if error is not None:
            participant.thrown = None
            try:
                raise error
            finally:
                del self, error

    def _register(self, yielded: Any) -> None:
        """See to it that the task goes on when what the body yields is done."""
        loop = self._loop
        refused: str | None = None
        blocking = getattr(yielded, "_asyncio_future_blocking", None)
        if blocking is not None:
            if loop_of(yielded) is not loop:
                refused = (
                    f"Task {self!r} got Future {yielded!r} attached to a different loop"
                )
            elif not blocking:
                refused = (
                    "yield was used instead of yield from in task "
                    f"{self!r} with {yielded!r}"
                )
            elif yielded is self:
                refused = f"Task cannot await on itself: {self!r}"
            else:
                yielded._asyncio_future_blocking = False
                self._wait_for(yielded)
        elif yielded is None:
            loop.call_soon(self._step, context=IN_TASK)
        elif inspect.isgenerator(yielded):
            refused = (
                "yield was used instead of yield from for generator in task "
                f"{self!r} with {yielded!r}"
            )
        else:
            refused = f"Task got bad yield: {yielded!r}"
        if refused is not None:
            loop.call_soon(self._step, RuntimeError(refused), context=IN_TASK)

    def _wait_for(self, future: Any) -> None:
        future.add_done_callback(self._wakeup, context=IN_TASK)
        self._fut_waiter = future
        if self._must_cancel and future.cancel(msg=self._cancel_message):
            self._must_cancel = False

    def _end_visit(self) -> None:
        raise NotImplementedError

    def _hold(self) -> None:
        """Something belongs to the task that its thread may use in its next visit."""

    def _release(self) -> None:
        """Take back a `_hold()`."""

    def _come_back(self) -> None:
        """The thread has the turn again."""
        self._is_away = False
        on_return, self._on_return = self._on_return, None
        if on_return is not None:
            on_return()


class _Sending:
    """A coroutine of ours that was begun by hand, as an iterator to drive."""

    def __init__(self, coroutine: Coroutine[Any]) -> None:
        self.send, self.throw = coroutine.send, coroutine.throw


class Guest(Task[None]):
    """The task of a thread from outside, while it has the turn or waits for it.

    If something belongs to it, the thread has the same task in its next visit.
    """

    _log_destroy_pending = False
    _holds = 0

    def __init__(self, participant: Participant, loop: AbstractEventLoop) -> None:
        Future.__init__(self, loop=loop)
        name = f"Guest-{threading.current_thread().name}"
        self._set_up(None, name, contextvars.Context())
        self._begin_visit(participant)

    def _begin_visit(self, participant: Participant) -> None:
        loop = self._loop
        self._participant = participant
        participant.task = self
        loop._tasks.add(self)
        loop._current = self

    def _hold(self) -> None:
        self._holds += 1

    def _release(self) -> None:
        self._holds -= 1

    def _suspend(self, participant: Participant, yielded: Any) -> None:
        """Wait; in the main thread Ctrl-C ends the wait."""
        loop = self._loop
        strikes: list[Handle] = []

        def strike(deferral: Deferral) -> None:
            handle = Handle(self._interrupt, (deferral,), loop, IN_TASK)
            strikes.append(handle)
            loop._add_from_outside(handle)

        deferral = defer(strike)
        participant.hears_signals = deferral is not None
        try:
            super()._suspend(participant, yielded)
        finally:
            del yielded
            if deferral is not None and deferral.end():
                for handle in strikes:
                    handle.cancel()
                raise KeyboardInterrupt

    def _interrupt(self, deferral: Deferral) -> None:
        participant = self._participant
        if participant is not None and participant.waiting and not participant.resumed:
            deferral.pending = False
            self._loop._strike(participant, KeyboardInterrupt())

    def get_context(self) -> contextvars.Context:
        """Return a copy of the thread's context."""
        return contextvars.copy_context()

    def _end_visit(self) -> None:
        participant = self._participant
        assert participant is not None
        participant.task = None
        self._participant = None
        self._loop._current = None
        self._loop._tasks.discard(self)
        self._is_away = self._holds > 0
        here.kept = self if self._is_away else None
        if not self._is_away and not self.done():
            self._set_result(None)


def guest(participant: Participant, loop: AbstractEventLoop) -> Guest:
    """Return the task of a thread from outside that has the turn."""
    kept = here.kept
    if kept is None or kept._loop is not loop:
        return Guest(participant, loop)
    here.kept = None
    kept._begin_visit(participant)
    kept._come_back()
    return kept  # type: ignore[no-any-return]


def _trimmed(error: Any) -> Any:
    """Drop the runtime's own frames from the head of a traceback."""
    tb = error.__traceback__
    while tb is not None and tb.tb_frame.f_globals.get("__package__") == _PACKAGE:
        tb = tb.tb_next
    return error.with_traceback(tb)


def current_task(loop: AbstractEventLoop | None = None) -> Task[Any] | None:
    """Return the task that runs."""
    if loop is None:
        loop = get_running_loop()
    if entered and loop in entered:
        return entered[loop]  # type: ignore[no-any-return]
    if here.loop is None:
        return None
    participant = here.participant
    if (
        loop is here.loop
        and loop._current is None
        and participant is not None
        and loop._is_visitor(participant)
    ):
        return loop._guest_task(participant)  # type: ignore[no-any-return]
    return loop._current  # type: ignore[no-any-return]


def enter_task(loop: Any, task: Any) -> None:
    """Say that a step of a task of another make begins."""
    current = entered.get(loop)
    if current is None and isinstance(loop, Workers):
        current = current_task(loop)
    if current is not None:
        raise RuntimeError(
            f"Cannot enter into task {task!r} while another task {current!r} is "
            "being executed."
        )
    entered[loop] = task


def all_tasks(loop: AbstractEventLoop | None = None) -> set[Task[Any]]:
    """Return the tasks of a loop that are not done."""
    if loop is None:
        loop = get_running_loop()
    tasks = registered_tasks(loop)
    if isinstance(loop, Workers):
        if loop is here.loop:
            current_task(loop)  # a thread from outside has its task since it is asked
        tasks.update(loop._tasks)
    return {task for task in tasks if not task.done()}
