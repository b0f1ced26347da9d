"""What in a source needs tasks that take turns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from .awaitables import returned_names

if TYPE_CHECKING:
    from .names import Names

# Names of asyncio that start tasks, cancel them or tell them apart.
_FUNCTIONS = {
    "Barrier", "CancelledError", "Runner", "Task", "TaskGroup", "all_tasks",
    "as_completed", "create_task", "current_task", "ensure_future", "gather",
    "isfuture", "new_event_loop", "run_coroutine_threadsafe", "set_event_loop",
    "shield", "wait", "wrap_future",
}  # fmt: skip
# Methods of event loops and task groups that do so.
_METHODS = {
    "call_at", "call_later", "call_soon", "call_soon_threadsafe", "create_task",
    "run_until_complete",
}  # fmt: skip
# Classes whose subclasses rely on how asyncio has written them.
_CLASSES = {
    f"asyncio.{name}"
    for name in (
        "BoundedSemaphore", "Condition", "Event", "Future", "LifoQueue", "Lock",
        "PriorityQueue", "Queue", "Semaphore", "Task",
    )
}  # fmt: skip


def task_uses(names: Names) -> Iterator[str]:
    """Yield what needs them, with the name of the module."""
    for what in _uses(names):
        yield f"{what} in {names.module}"


def _uses(names: Names) -> Iterator[str]:
    if not (_FUNCTIONS | _METHODS).isdisjoint(names.words):
        yield from _named(names)
    for definition in names.nodes.of(cst.ClassDef):
        for base in definition.bases:
            plain = base.value
            if isinstance(plain, cst.Subscript):
                plain = plain.value
            qualified = names.qualified(plain)
            if qualified in _CLASSES:
                yield f"a subclass of {qualified}"
    for function in names.nodes.of(cst.FunctionDef):
        if returned_names(names, function) and not _only_returns(function):
            others = returned_names(names, function)
            if any(map(names.definitions.may_wait, others)):
                yield f"the coroutine that {function.name.value}() hands out"


def _named(names: Names) -> Iterator[str]:
    nodes: list[cst.Attribute | cst.Name] = [*names.nodes.of(cst.Attribute)]
    for node in (*nodes, *names.nodes.of(cst.Name)):
        last = node.attr.value if isinstance(node, cst.Attribute) else node.value
        if last in _FUNCTIONS and names.qualified(node) == f"asyncio.{last}":
            yield f"asyncio.{last}"
        if (
            isinstance(node, cst.Attribute)
            and last in _METHODS
            and isinstance(names.parent(node), cst.Call)
            and not names.imported(node)
        ):
            yield f"{last}()"


def _only_returns(function: cst.FunctionDef) -> bool:
    """Tell whether a function does nothing but return."""
    statements = function.body.body
    if function.get_docstring() is not None:
        statements = statements[1:]
    return len(statements) == 1 and isinstance(statements[0], cst.SimpleStatementLine)
