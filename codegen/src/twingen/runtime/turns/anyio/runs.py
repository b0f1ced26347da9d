"""Programs in a loop of their own, and which library runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..coroutines import Coroutine
from ..dynamic_calls import await_, deferred
from ..entry_points import unguarded
from ..events import _get_running_loop
from ..exceptions import CancelledError
from ..runners import Runner
from ..tasks import current_task
from .cancel_scopes import innermost
from .task_groups import _name


@unguarded()
def run(
    func: Callable[..., Any],
    *args: Any,
    backend: str = "asyncio",
    backend_options: dict[str, Any] | None = None,
) -> Any:
    """Run a coroutine function in a loop of its own; return what it returns."""
    if _get_running_loop() is not None:
        raise RuntimeError("Already running asyncio in this thread")
    if backend not in get_all_backends():
        raise LookupError(f"No such backend: {backend}")
    options = backend_options or {}
    debug, factory = options.get("debug"), options.get("loop_factory")
    with Runner(debug=debug, loop_factory=factory) as runner:
        return runner.run(Coroutine(_main, (func, args), None, func))


def _main(func: Any, args: tuple[Any, ...]) -> Any:
    task: Any = current_task()
    task.set_name(_name(func, None))
    innermost[task] = None
    return await_(deferred(func, *args))


def get_cancelled_exc_class() -> type[BaseException]:
    """Return the class of exceptions by which tasks are cancelled."""
    return CancelledError


def get_all_backends() -> tuple[str, ...]:
    """Return the names of the libraries that the source can run by."""
    return "asyncio", "trio"


def get_available_backends() -> tuple[str, ...]:
    """Return the names of the libraries whose semantics tasks can have."""
    return ("asyncio",)
