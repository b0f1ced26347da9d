"""Cancel scopes: blocks of code that are cancelled, by a call or at a deadline.

A cancelled scope cancels its tasks, and those of the scopes in it that are not
shielded. It does so again in each round of the loop until it is left. So each wait in
it raises `CancelledError`, also after one that was swallowed.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..coroutines import CREATED, Coroutine
from ..entry_points import guarded
from ..events import get_running_loop
from ..exceptions import BaseExceptionGroup, CancelledError
from ..futures import Future
from ..tasks import current_task

if TYPE_CHECKING:
    from ..handles import Handle

_REASON = "Cancelled via cancel scope "

innermost: WeakKeyDictionary[Any, CancelScope | None] = WeakKeyDictionary()
"""The scope that each task is in, with those around it."""


class CancelScope:
    """A block of code that can be cancelled by itself."""

    def __init__(self, *, deadline: float = math.inf, shield: bool = False) -> None:
        if math.isnan(deadline):
            raise ValueError("deadline must not be NaN")
        self._deadline = deadline
        self._shield = shield
        self._active = False
        self._cancel_called = False
        self._cancelled_caught = False
        self._reason: str | None = None
        self._host: Any = None
        """The task that entered the scope."""
        self._parent: CancelScope | None = None
        self._children: dict[CancelScope, None] = {}
        self._tasks: dict[Any, None] = {}
        """The tasks that are in this scope and in none that is in it."""
        self._timer: Handle | None = None
        self._again: Handle | None = None
        """The next time that the cancellation is delivered."""
        self._requests_before = 0
        self._requests = 0
        """How often the host was cancelled for this scope."""

    def __enter__(self) -> CancelScope:
        if self._active:
            raise RuntimeError(
                "Each CancelScope may only be used for a single 'with' block"
            )
        host: Any = current_task()
        if host is None:
            raise RuntimeError("a cancel scope must be entered in a task")
        self._host = host
        host._hold()
        self._tasks[host] = None
        if host in innermost:
            self._parent = parent = innermost[host]
            if parent is not None:
                parent._children[self] = None
                parent._tasks.pop(host, None)
        innermost[host] = self
        self._watch_deadline()
        self._active = True
        self._requests_before = host.cancelling()
        if self._cancel_called:
            self._deliver(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> bool:
        host = self._host
        task: Any = current_task()
        if not self._active:
            raise RuntimeError("This cancel scope is not active")
        if task is not host:
            raise RuntimeError(
                "Attempted to exit cancel scope in a different task than it was "
                "entered in"
            )
        if innermost.get(host) is not self:
            raise RuntimeError(
                "Attempted to exit a cancel scope that isn't the current tasks's "
                "current cancel scope"
            )
        try:
            self._leave(host)
            if not self._cancel_called or self._is_cancelled_around():
                self._pass_requests_on()
                return False
            while self._requests:
                host.uncancel()
                self._requests -= 1
            if host.cancelling() > self._requests_before:
                return False  # somebody else cancelled the task in the same round
            return self._catch(error)
        finally:
            self._host = None
            host._release()
            del error, tb, host

    def _leave(self, host: Any) -> None:
        self._active = False
        self._stop_timer()
        del self._tasks[host]
        parent = self._parent
        if parent is not None:
            del parent._children[self]
            parent._tasks[host] = None
        innermost[host] = parent
        self._restart_around()

    def _catch(self, error: BaseException | None) -> bool:
        """Swallow what the scope has raised; raise what else there is."""
        if not isinstance(error, BaseExceptionGroup):
            if not isinstance(error, CancelledError) or not is_of_scope(error):
                return False
            self._cancelled_caught = True
            return True
        ours, others = error.split(
            lambda each: isinstance(each, CancelledError) and is_of_scope(each)
        )
        if ours is None:
            return False
        self._cancelled_caught = True
        if others is None:
            return True
        context = others.__context__
        try:
            raise others
        finally:
            others.__context__ = context  # not the group that is handled here
            del context, ours, others

    def _pass_requests_on(self) -> None:
        if self._requests:
            assert self._parent is not None
            self._parent._requests += self._requests
            self._requests = 0

    def is_effectively_cancelled(self) -> bool:
        """Return whether this scope is cancelled, or one around that it sees."""
        scope: CancelScope | None = self
        while scope is not None:
            if scope._cancel_called:
                return True
            if scope._shield:
                return False
            scope = scope._parent
        return False

    def _is_cancelled_around(self) -> bool:
        parent = self._parent
        seen = parent is not None and not self._shield
        return seen and parent.is_effectively_cancelled()  # type: ignore[union-attr]

    # The deadline.

    def _watch_deadline(self) -> None:
        if self._deadline == math.inf:
            return
        loop = get_running_loop()
        if loop.time() >= self._deadline:
            self.cancel("deadline exceeded")
        else:
            self._timer = loop.call_at(self._deadline, self._watch_deadline)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def deadline(self) -> float:
        """When the scope is cancelled, by the loop's clock."""
        return self._deadline

    @deadline.setter
    def deadline(self, value: float) -> None:
        value = float(value)
        if math.isnan(value):
            raise ValueError("deadline must not be NaN")
        self._change_deadline(value)

    @guarded
    def _change_deadline(self, value: float) -> None:
        self._deadline = value
        self._stop_timer()
        if self._active and not self._cancel_called:
            self._watch_deadline()

    # Cancellation.

    @guarded
    def cancel(self, reason: str | None = None) -> None:
        """Cancel the scope."""
        if self._cancel_called:
            return
        self._stop_timer()
        self._cancel_called = True
        self._reason = f"{_REASON}{id(self):x}"
        task = current_task()
        if task is not None:
            self._reason += f" by {task}"
        if reason:
            self._reason += f"; reason: {reason}"
        if self._host is not None:
            self._deliver(self)

    @property
    def cancel_called(self) -> bool:
        """Whether the scope was cancelled, by `cancel()` or at its deadline."""
        return self._cancel_called

    @property
    def cancelled_caught(self) -> bool:
        """Whether the scope swallowed a cancellation of its own as it was left."""
        return self._cancelled_caught

    @property
    def shield(self) -> bool:
        """Whether a cancellation of scopes around is kept away."""
        return self._shield

    @shield.setter
    def shield(self, value: bool) -> None:
        self._change_shield(value)

    @guarded
    def _change_shield(self, value: bool) -> None:
        if self._shield != value:
            self._shield = value
            if not value:
                self._restart_around()

    def _deliver(self, origin: CancelScope) -> bool:
        """Cancel what is in the scope; tell whether it is to be done again."""
        again = False
        current = current_task()
        for task in list(self._tasks):
            if task.done():
                continue
            if task._is_away:
                task._on_return = origin._resume
            else:
                again = True
            if not task._must_cancel and task is not current:
                self._strike(task, origin)
        for scope in list(self._children):
            if not scope._shield and not scope._cancel_called:
                again = scope._deliver(origin) or again
        if origin is self:
            self._again = None
            if again:
                self._again = get_running_loop().call_soon(self._deliver, origin)
        return again

    def _strike(self, task: Any, origin: CancelScope) -> None:
        if task is not self._host and not _has_begun(task):
            return
        waited = task._fut_waiter
        if isinstance(waited, Future) and waited.done():
            return  # it goes on in this round, and is cancelled where it waits next
        task.cancel(origin._reason)
        if task is origin._host:
            origin._requests += 1

    def _resume(self) -> None:
        """A task is back from a call without the turn: it may wait again."""
        if self._again is None and self._host is not None:
            self._deliver(self)

    def _restart_around(self) -> None:
        """Let the nearest cancelled scope around cancel the tasks of this one."""
        scope = self._parent
        while scope is not None:
            if scope._cancel_called:
                if scope._again is None:
                    scope._deliver(scope)
                return
            if scope._shield:
                return
            scope = scope._parent

    def move_to(self, parent: CancelScope) -> None:
        """Put the scope into another one."""
        if self._parent is parent:
            return
        if self._parent is not None:
            self._parent._children.pop(self, None)
        self._parent = parent
        parent._children[self] = None
        self._restart_around()


def _has_begun(task: Any) -> bool:
    coro = task.get_coro()
    if isinstance(coro, Coroutine):
        return coro._state is not CREATED
    frame = getattr(coro, "cr_frame", None)
    return frame is None or frame.f_lasti >= 0


def is_of_scope(error: BaseException) -> bool:
    """Return whether a cancellation, or one that led to it, is that of a scope."""
    while True:
        first = error.args[0] if error.args else None
        if isinstance(first, str) and first.startswith(_REASON):
            return True
        if not isinstance(error.__context__, CancelledError):
            return False
        error = error.__context__


@contextlib.contextmanager
def fail_at(
    deadline: float | None, shield: bool = False, reason: str | None = None
) -> Iterator[CancelScope]:
    """Enter a scope with a deadline; TimeoutError if it was cancelled at that time."""
    with move_on_at(deadline, shield) as scope:
        yield scope
    if scope.cancelled_caught and get_running_loop().time() >= scope.deadline:
        raise TimeoutError(reason) if reason else TimeoutError


@contextlib.contextmanager
def fail_after(
    delay: float | None, shield: bool = False, reason: str | None = None
) -> Iterator[CancelScope]:
    """Enter a scope with a deadline some seconds from now, as `fail_at()` does."""
    with fail_at(_after(delay), shield, reason) as scope:
        yield scope


def move_on_at(deadline: float | None, shield: bool = False) -> CancelScope:
    """Return a scope that is cancelled at a time of the loop's clock."""
    return CancelScope(
        deadline=math.inf if deadline is None else deadline, shield=shield
    )


def move_on_after(delay: float | None, shield: bool = False) -> CancelScope:
    """Return a scope that is cancelled some seconds from now."""
    return CancelScope(deadline=_after(delay), shield=shield)


def _after(delay: float | None) -> float:
    return math.inf if delay is None else get_running_loop().time() + delay


def current_effective_deadline() -> float:
    """Return the nearest deadline that the task sees; minus infinity if cancelled."""
    task = current_task()
    scope = None if task is None else innermost.get(task)
    deadline = math.inf
    while scope is not None:
        if scope._cancel_called:
            return -math.inf
        deadline = min(deadline, scope._deadline)
        if scope._shield:
            break
        scope = scope._parent
    return deadline
