"""What is known of a task of a group: whether it goes on, and what came of it."""

from __future__ import annotations

from collections.abc import Generator
from enum import Enum, auto
from typing import Any, Generic, TypeVar

from ..coroutines import Coroutine
from ..dynamic_calls import await_
from ..entry_points import entry, guarded
from ..exceptions import CancelledError
from .cancel_scopes import CancelScope
from .errors import TaskCancelled, TaskFailed, TaskNotFinished
from .locks import Event

T = TypeVar("T")


class TaskHandle(Generic[T]):
    """A task of a group, to be waited for or cancelled."""

    class Status(Enum):
        """How far the task is."""

        PENDING = auto()
        FINISHED = auto()
        CANCELLING = auto()
        CANCELLED = auto()
        FAILED = auto()

    _return_value: T
    _start_value: Any

    def __init__(
        self, coro: Any, name: object, cancel_scope: CancelScope | None = None
    ) -> None:
        self._coro = coro
        self._scope = CancelScope() if cancel_scope is None else cancel_scope
        self._finished = Event()
        self._exception: BaseException | None = None
        self._name = coro.__qualname__ if name is None else str(name)

    def __repr__(self) -> str:
        state = self.status.name.lower()
        return (
            f"<{type(self).__name__} {state} name={self._name!r} coro={self._coro!r}>"
        )

    def _wrapped(self) -> Coroutine[None]:
        """Return the coroutine of the task."""
        return Coroutine(self._run, (), None, self._coro)

    def _run(self) -> None:
        with self._scope:
            try:
                self._return_value = await_(self._coro)
            except BaseException as error:
                self._exception = error
                raise
            finally:
                self._finished.set()
                del self  # the exception's traceback would keep it

    @guarded
    def cancel(self) -> None:
        """Cancel the task, unless it has finished."""
        if not self._finished.is_set():
            self._scope.cancel()

    @property
    def coro(self) -> Any:
        """The coroutine that the task runs."""
        return self._coro

    @property
    def name(self) -> str:
        """The name of the task."""
        return self._name

    @property
    def status(self) -> Status:
        """How far the task is."""
        kinds = TaskHandle.Status
        if not self._finished.is_set():
            return kinds.CANCELLING if self._scope.cancel_called else kinds.PENDING
        if self._exception is None:
            return kinds.FINISHED
        cancelled = isinstance(self._exception, CancelledError)
        return kinds.CANCELLED if cancelled else kinds.FAILED

    def _raise_unless_done(self) -> None:
        if self.status is TaskHandle.Status.PENDING:
            raise TaskNotFinished("the task has not finished yet")
        if self.status is TaskHandle.Status.CANCELLING:
            raise TaskCancelled("the task was cancelled")
        if self.status is TaskHandle.Status.CANCELLED:
            raise TaskCancelled("the task was cancelled") from self._exception

    @property
    def exception(self) -> BaseException | None:
        """What the task raised, `None` if it returned."""
        self._raise_unless_done()
        return self._exception

    @property
    def return_value(self) -> T:
        """What the task returned."""
        self._raise_unless_done()
        if self._exception is not None:
            raise TaskFailed("the task raised an exception") from self._exception
        return self._return_value

    @property
    def start_value(self) -> Any:
        """What the task gave to `task_status.started()`."""
        try:
            return self._start_value
        except AttributeError:
            raise RuntimeError(
                "the task was not started with TaskGroup.start()"
            ) from None

    @entry
    def wait(self) -> None:
        """Wait until the task has finished, in whatever way."""
        self._finished.wait()

    def __await__(self) -> Generator[Any, Any, T]:
        yield from Coroutine(self.wait).__await__()
        return self.return_value
