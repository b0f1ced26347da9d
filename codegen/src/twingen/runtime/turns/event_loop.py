"""The loop as an object."""

from __future__ import annotations

import _thread
import atexit
import concurrent.futures
import contextlib
import contextvars
import selectors
import socket
import sys
import threading
import warnings
import weakref
from collections.abc import Callable
from typing import Any

from .coroutines import Coroutine
from .dynamic_calls import await_, later
from .entry_points import entry, unguarded
from .events import _set_running_loop
from .exceptions import CancelledError
from .futures import Future, isfuture, set_result_unless_cancelled, wrap_future
from .generators import warn_of_late_generator
from .handles import TimerHandle
from .import_locks import module_locks, note_imports
from .loop_methods import TransportMethods
from .shared_loop import is_outside, note, shared, visit
from .signals import Signals
from .sockets import Sockets
from .task_creation import ensure_future
from .tasks import Guest, Task, all_tasks, current_task, guest
from .thread_state import here
from .timeouts import timeout as timeout_after
from .turn_threads import Participant
from .waiting import gather, wait

EXIT_SECONDS = 5.0
"""How long the tasks of the shared loop may take to end when the interpreter exits."""


class EventLoop(Sockets, Signals, TransportMethods):
    """A loop, with asyncio's methods."""

    def __init__(self, selector: selectors.BaseSelector | None = None) -> None:
        self._given_selector = selector
        super().__init__()
        self._task_factory: Callable[..., Any] | None = None
        self._default_executor: concurrent.futures.Executor | None = None
        self._executor_shutdown_called = False
        self._generators: weakref.WeakSet[Any] = weakref.WeakSet()
        self._generators_shutdown_called = False
        self._home_stop: Future[None] | None = None
        note(self)

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} running={self.is_running()} "
            f"closed={self._closed} debug={self._debug}>"
        )

    def __del__(self) -> None:
        if not getattr(self, "_closed", True) and not sys.is_finalizing():
            text = f"unclosed event loop {self!r}"
            warnings.warn(text, ResourceWarning, stacklevel=2, source=self)
            if not self.is_running():
                self.close()

    def _make_selector(self) -> selectors.BaseSelector:
        given = self._given_selector
        return super()._make_selector() if given is None else given

    # Tasks and futures.

    def create_future(self) -> Future[Any]:
        """Return a new future."""
        return Future(loop=self)

    def create_task(
        self,
        coro: Any,
        *,
        name: object = None,
        context: contextvars.Context | None = None,
    ) -> Any:
        """Start a task."""
        if here.loop is None and is_outside(self):
            return visit(self.create_task, coro, name=name, context=context)
        self._check_closed()
        factory = self._task_factory
        if factory is None:
            return Task(coro, loop=self, name=name, context=context)
        if context is None:
            task = later(factory, self, coro)
        else:
            task = later(factory, self, coro, context=context)
        if name is not None:
            task.set_name(name)
        return task

    def set_task_factory(self, factory: Callable[..., Any] | None) -> None:
        """Choose what makes tasks; `None` is the class itself."""
        if factory is not None and not callable(factory):
            raise TypeError("task factory must be a callable or None")
        self._task_factory = factory

    def get_task_factory(self) -> Callable[..., Any] | None:
        """Return what makes tasks, if it was chosen."""
        return self._task_factory

    def _guest_task(self, participant: Participant) -> Guest:
        if not self._is_visitor(participant):
            raise RuntimeError("a callback cannot wait")
        return guest(participant, self)

    # Callbacks from outside.

    def _added(self) -> None:
        if here.loop is not self and self._is_home:
            self._nudge()

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> TimerHandle:
        """Call a function at a time of the loop's clock."""
        if here.loop is None and is_outside(self):
            return visit(super().call_at, when, callback, *args, context=context)
        return super().call_at(when, callback, *args, context=context)

    # Running.

    def is_running(self) -> bool:
        """Return whether the loop runs; the shared loop always does."""
        return self._owner is not None or (self._is_home and not self._closed)

    def _check_running(self) -> None:
        if self._owner is not None or (self._is_home and here.loop is self):
            raise RuntimeError("This event loop is already running")
        if here.loop is not None:
            raise RuntimeError(
                "Cannot run the event loop while another loop is running"
            )

    @unguarded()
    def run_forever(self) -> None:
        """Run until `stop()` is called."""
        self._check_closed()
        self._check_running()
        if self._is_home:
            visit(self._run_home)
            return
        before = here.participant
        me = Participant()
        me.ident = _thread.get_ident()
        me.thread = threading.current_thread()
        me.hears_signals = threading.current_thread() is threading.main_thread()
        if module_locks:
            note_imports(self)
        end_listening = self._begin_to_listen()
        self._owner = me
        self._turn = me
        self._polled = False
        here.participant = me
        _set_running_loop(self)
        try:
            self._run(me)
        finally:
            self._stopping = False
            self._owner = None
            self._turn = None
            _set_running_loop(None)
            here.participant = before
            end_listening()

    def _run_home(self) -> None:
        self._home_stop = self.create_future()
        try:
            self._home_stop.wait()
        finally:
            self._home_stop = None

    def _run(self, me: Participant) -> None:
        while True:
            if self._fatal is not None:
                fatal, self._fatal = self._fatal, None
                try:
                    raise fatal
                finally:
                    del fatal
            if self._stopping and self._polled and not self._todo:
                break
            target = self._advance(me)
            if target is not None:
                self._switch(me, target)
        early, self._early = self._early, None
        if early is not None:
            try:
                raise early
            finally:
                del early

    @unguarded()
    def run_until_complete(self, future: Any) -> Any:
        """Run until a future is done; return its result."""
        self._check_closed()
        self._check_running()
        if self._is_home:
            return visit(await_, future)
        new = not isfuture(future)
        task = ensure_future(future, loop=self)
        if new:
            task._log_destroy_pending = False
        task.add_done_callback(_stop_loop)
        try:
            self.run_forever()
        except BaseException:
            if new and task.done() and not task.cancelled():
                task.exception()  # nobody else can ask for it
            raise
        finally:
            task.remove_done_callback(_stop_loop)
            self._inline = None
        if not task.done():
            raise RuntimeError("Event loop stopped before Future completed.")
        return task.result()

    def stop(self) -> None:
        """End `run_forever()` after the present round."""
        if self._is_home and self._owner is None:
            if self._home_stop is not None and not self._home_stop.done():
                self._home_stop.set_result(None)
            return
        self._stopping = True

    def close(self) -> None:
        """Close the loop, which does not run."""
        if self.is_running() and not (self._is_home and here.loop is None):
            raise RuntimeError("Cannot close a running event loop")
        if self._closed:
            return
        self._unwind()
        self._closed = True
        if self._is_home:
            shared.loop = None
        self._ready.clear()
        self._scheduled.clear()
        self._remove_signal_handlers()
        if self._idle:
            self._give(self._idle.pop())
        self._close_selector()
        self._executor_shutdown_called = True
        executor, self._default_executor = self._default_executor, None
        if executor is not None:
            executor.shutdown(wait=False)

    # The end of the interpreter.

    def _made_shared(self) -> None:
        atexit.register(_end_home, weakref.ref(self))

    def _end(self) -> None:
        """Let the tasks end as `run()` does, if they do so in time."""
        me = here.participant = Participant()
        if not self._enter(me, EXIT_SECONDS):
            return
        here.loop = self
        try:
            tasks = all_tasks(self) - {current_task(self)}
            for task in tasks:
                task.cancel()
            if tasks:
                wait(tasks, timeout=EXIT_SECONDS)
            tell_of_failures(self, tasks)
            closing = [Coroutine(each.close) for each in list(self._generators)]
            if closing:
                both = [ensure_future(each, loop=self) for each in closing]
                wait(both, timeout=EXIT_SECONDS)
        finally:
            here.loop = None
            self._leave(me)
            here.participant = None

    # Generators.

    def _first_iteration(self, generator: Any) -> None:
        if self._generators_shutdown_called:
            warn_of_late_generator(generator, self)
        self._generators.add(generator)

    def _left_generator(self, generator: Any, closing: Coroutine[None]) -> None:
        self._generators.discard(generator)
        self.call_soon_threadsafe(self.create_task, closing)

    @entry
    def shutdown_asyncgens(self) -> None:
        """Close all generators that have begun and have not ended."""
        self._generators_shutdown_called = True
        generators = list(self._generators)
        if not generators:
            return
        self._generators.clear()
        closing = [Coroutine(each.close) for each in generators]
        results = await_(gather(*closing, return_exceptions=True))
        for result, generator in zip(results, generators, strict=True):
            if isinstance(result, Exception):
                self.call_exception_handler(
                    {
                        "message": "an error occurred during closing of "
                        f"asynchronous generator {generator!r}",
                        "exception": result,
                        "asyncgen": generator,
                    }
                )

    # Executors.

    def set_default_executor(self, executor: Any) -> None:
        """Choose the executor of `run_in_executor(None, ...)`."""
        if not isinstance(executor, concurrent.futures.ThreadPoolExecutor):
            raise TypeError("executor must be ThreadPoolExecutor instance")
        self._default_executor = executor

    def run_in_executor(
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Future[Any]:
        """Call a function in a thread of an executor; return a future of its result."""
        self._check_closed()
        if executor is None:
            if self._executor_shutdown_called:
                raise RuntimeError("Executor shutdown has been called")
            executor = self._default_executor
            if executor is None:
                executor = concurrent.futures.ThreadPoolExecutor(
                    thread_name_prefix="asyncio"
                )
                self._default_executor = executor
        return wrap_future(executor.submit(later, func, *args), loop=self)

    @entry
    def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Wait until the threads of the default executor have ended."""
        self._executor_shutdown_called = True
        executor = self._default_executor
        if executor is None:
            return
        future: Future[None] = self.create_future()
        thread = threading.Thread(target=self._shut_executor, args=(executor, future))
        thread.start()
        try:
            with timeout_after(timeout):
                await_(future)
        except TimeoutError:
            warnings.warn(
                f"The executor did not finishing joining its threads within {timeout} "
                "seconds.",
                RuntimeWarning,
                stacklevel=2,
            )
            executor.shutdown(wait=False)
        else:
            thread.join()

    def _shut_executor(self, executor: Any, future: Future[None]) -> None:
        try:
            executor.shutdown(wait=True)
            if not self._closed:
                self.call_soon_threadsafe(set_result_unless_cancelled, future, None)
        except Exception as error:
            if not self._closed and not future.cancelled():
                self.call_soon_threadsafe(future.set_exception, error)

    # Names.

    @entry
    def getaddrinfo(
        self,
        host: Any,
        port: Any,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """Call `socket.getaddrinfo()` in the executor."""
        asked = host, port, family, type, proto, flags
        return await_(self.run_in_executor(None, socket.getaddrinfo, *asked))  # type: ignore[no-any-return]

    @entry
    def getnameinfo(self, sockaddr: Any, flags: int = 0) -> tuple[str, str]:
        """Call `socket.getnameinfo()` in the executor."""
        return await_(self.run_in_executor(None, socket.getnameinfo, sockaddr, flags))  # type: ignore[no-any-return]


def _stop_loop(future: Any) -> None:
    if not future.cancelled():
        error = future.exception()
        if isinstance(error, (SystemExit, KeyboardInterrupt)):
            return  # it ends the loop by itself
    future.get_loop().stop()


def tell_of_failures(loop: EventLoop, tasks: set[Task[Any]]) -> None:
    """Report what tasks raised that were cancelled because their loop ends."""
    for task in tasks:
        if not task.done() or task.cancelled():
            continue
        error = task.exception()
        if error is not None:
            loop.call_exception_handler(
                {
                    "message": "unhandled exception during asyncio.run() shutdown",
                    "exception": error,
                    "task": task,
                }
            )


def _end_home(reference: weakref.ref[EventLoop]) -> None:
    loop = reference()
    if loop is not None and shared.loop is loop and not loop.is_closed():
        with contextlib.suppress(CancelledError):
            loop._end()


BaseEventLoop = SelectorEventLoop = EventLoop
shared.make = EventLoop  # the modules below this one make loops, too
