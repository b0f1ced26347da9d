"""Programs: the main coroutine runs in the caller's thread."""

from __future__ import annotations

import contextvars
import enum
import functools
import signal
import threading
from collections.abc import Callable
from typing import Any

from .dynamic_calls import later
from .entry_points import unguarded
from .event_loop import EventLoop, tell_of_failures
from .events import _get_running_loop, new_event_loop, set_event_loop
from .exceptions import CancelledError
from .inspection import iscoroutine
from .tasks import Task, all_tasks
from .thread_state import here
from .waiting import gather

EXECUTOR_SECONDS = 300
"""How long the threads of the executor may take to end."""


class _State(enum.Enum):
    CREATED = "created"
    INITIALIZED = "initialized"
    CLOSED = "closed"


class Runner:
    """A loop in which coroutines are run one after the other."""

    def __init__(
        self,
        *,
        debug: bool | None = None,
        loop_factory: Callable[[], EventLoop] | None = None,
    ) -> None:
        self._state = _State.CREATED
        self._debug = debug
        self._loop_factory = loop_factory
        self._loop: Any = None
        self._context: contextvars.Context | None = None
        self._interrupt_count = 0
        self._chosen: Any = None
        self._chose = False

    def __enter__(self) -> Runner:
        self._set_up()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def get_loop(self) -> EventLoop:
        """Return the loop."""
        self._set_up()
        return self._loop  # type: ignore[no-any-return]

    def _set_up(self) -> None:
        if self._state is _State.CLOSED:
            raise RuntimeError("Runner is closed")
        if self._state is _State.INITIALIZED:
            return
        if self._loop_factory is None:
            self._loop = new_event_loop()
            if not self._chose:
                self._chosen = here.chosen
                set_event_loop(self._loop)
                self._chose = True
        else:
            self._loop = self._loop_factory()
        if self._debug is not None:
            self._loop.set_debug(self._debug)
        self._context = contextvars.copy_context()
        self._state = _State.INITIALIZED

    @unguarded()
    def run(self, coro: Any, *, context: contextvars.Context | None = None) -> Any:
        """Run a coroutine; return what it returns."""
        if not iscoroutine(coro):
            raise ValueError(f"a coroutine was expected, got {coro!r}")
        if _get_running_loop() is not None:
            raise RuntimeError(
                "Runner.run() cannot be called from a running event loop"
            )
        self._set_up()
        context = self._context if context is None else context
        task = self._loop.create_task(coro, context=context)
        restore = self._handle_interrupts(task)
        self._interrupt_count = 0
        if isinstance(self._loop, EventLoop):
            self._loop._inline = task
            if isinstance(task, Task):
                task._shares_context = False  # nothing else runs in it
        try:
            return self._loop.run_until_complete(task)
        except CancelledError:
            if self._interrupt_count > 0:
                uncancel = getattr(task, "uncancel", None)
                if uncancel is not None and uncancel() == 0:
                    raise KeyboardInterrupt() from None
            raise
        finally:
            restore()

    def _handle_interrupts(self, task: Any) -> Callable[[], None]:
        """Let Ctrl-C cancel the main task; return what takes it back."""
        usual = signal.default_int_handler
        if (
            threading.current_thread() is not threading.main_thread()
            or signal.getsignal(signal.SIGINT) is not usual
        ):
            return _nothing
        handler = functools.partial(self._on_sigint, task)
        try:
            signal.signal(signal.SIGINT, handler)
        except ValueError:  # an embedded interpreter
            return _nothing

        def restore() -> None:
            if signal.getsignal(signal.SIGINT) is handler:
                signal.signal(signal.SIGINT, usual)

        return restore

    def _on_sigint(self, task: Any, signum: int, frame: object) -> None:
        self._interrupt_count += 1
        participant = here.participant
        loop = self._loop
        if self._interrupt_count == 1 and not task.done():
            if participant is None or getattr(loop, "_turn", None) is participant:
                # In a foreign call it takes effect at the end.
                task.cancel()
                loop.call_soon_threadsafe(_nothing)
            else:
                loop.call_soon_threadsafe(task.cancel)
        elif self._interrupt_count == 2 and participant and participant.waiting:
            # Where the turn is passed on an exception would lose it.
            loop._interrupt_owner(KeyboardInterrupt())
        else:
            raise KeyboardInterrupt()

    @unguarded()
    def close(self) -> None:
        """Cancel all tasks, wait until they have ended, and close the loop."""
        if self._state is not _State.INITIALIZED:
            return
        loop = self._loop
        try:
            cancel_all_tasks(loop)
            loop.run_until_complete(later(loop.shutdown_asyncgens))
            loop.run_until_complete(
                later(loop.shutdown_default_executor, EXECUTOR_SECONDS)
            )
        finally:
            if self._chose:
                set_event_loop(None)
                here.chosen = self._chosen
            loop.close()
            self._loop = None
            self._state = _State.CLOSED


def cancel_all_tasks(loop: Any) -> None:
    """Cancel all tasks of a loop, and run it until they have ended."""
    tasks: set[Task[Any]] = all_tasks(loop)
    if not tasks:
        return
    for task in tasks:
        task.cancel()
    loop.run_until_complete(gather(*tasks, return_exceptions=True))
    tell_of_failures(loop, tasks)


@unguarded()
def run(
    main: Any,
    *,
    debug: bool | None = None,
    loop_factory: Callable[[], EventLoop] | None = None,
) -> Any:
    """Run a coroutine in a loop of its own; return what it returns."""
    if _get_running_loop() is not None:
        raise RuntimeError("asyncio.run() cannot be called from a running event loop")
    with Runner(debug=debug, loop_factory=loop_factory) as runner:
        return runner.run(main)


def _nothing() -> None:
    pass
