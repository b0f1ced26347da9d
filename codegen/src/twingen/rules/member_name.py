"""Members of locks, queues and tasks must also exist in the twin.

`asyncio.Semaphore` has a method `locked()`, but `threading.Semaphore` has none. The
tables have rows for each class (`["asyncio.Semaphore"]`) that say which members stay
and which are refused. They apply to values whose class the source shows, by an
assignment or an annotation.

`cancel()` of an element of an unknown collection is refused in a module that starts
tasks in threads, because the element may be a task.
"""

from __future__ import annotations

from typing import Any

import libcst as cst

from ..analysis.symbols.library_tables import Verdict
from ..analysis.symbols.names import Names
from ..analysis.types.object_classes import class_of
from ..diagnostics.refusal import Refused
from ..syntax.nodes import find
from .rule import Site, rewrite


@rewrite("TW211", cst.Attribute, cst.WithItem, cst.For, cst.CompFor, cst.Call)
def refuse_unknown_member(site: Site[Any]) -> None:
    if isinstance(site.old, cst.Call):
        _check_arguments(site, site.old)
        return
    if isinstance(site.old, cst.Attribute):
        value, member = site.old.value, site.old.attr.value
    elif isinstance(site.old, cst.WithItem):
        value, member = site.old.item, "__aenter__"
    elif site.old.asynchronous is not None:
        value, member = site.old.iter, "__aiter__"
    else:
        return
    kind = site.names.kind(value)
    if member == "__aiter__" and isinstance(value, cst.Call):
        kind = site.names.qualified(value.func)
    threads = site.tasks == "threads"
    if threads and kind is None and _may_cancel_a_task(site, value, member):
        raise Refused(
            "this may cancel a task, and a running thread cannot be cancelled",
            "annotate the collection, and stop tasks with an event",
        )
    verdict = None if kind is None else site.libraries.verdict(f"{kind}.{member}")
    if kind is None or kind in site.names.definitions.classes:
        kind, verdict = _inherited(site, value, member)
    if verdict is not None and verdict.refuse:
        raise Refused(
            f"{member} of {kind} has no sync twin: {verdict.refuse}", verdict.instead
        )


def _check_arguments(site: Site[Any], call: cst.Call) -> None:
    """Refuse what only the async side of a library's class can be given.

    Rows are called `name(parameter)`, and `name(*)` for any positional argument.
    """
    function = call.func
    owner, name = None, ""
    if isinstance(function, cst.Attribute):
        owner, name = class_of(site.names, function.value), function.attr.value
    if owner is None:
        owner, name = site.names.qualified(function), "__init__"
    if owner is None:
        return
    definitions = site.names.definitions
    for each in definitions.bases(owner):
        if f"{each}.{name}" in definitions.members:
            break  # it is defined anew
        _check_call(site, call, each, name)
    if name == "__init__":  # of a class, or the function of a module
        _check_call(site, call, *owner.rpartition(".")[::2])


def _check_call(site: Site[Any], call: cst.Call, owner: str, name: str) -> None:
    for arg in call.args:
        given = arg.keyword.value if arg.keyword else "*"
        row = site.libraries.member_of(owner, f"{name}({given})")
        if row is not None and row.refuse:
            what = given if arg.keyword else "an argument"
            called = owner if name == "__init__" else f"{owner}.{name}"
            raise Refused(
                f"{what} of {called}() has no sync twin: {row.refuse}",
                row.instead,
                node=arg,
            )


def _inherited(
    site: Site[Any], value: cst.BaseExpression, member: str
) -> tuple[str | None, Verdict | None]:
    """Return the row of a member that a class of the sources has from a library."""
    if not site.libraries.has_row_of_member(member):
        return None, None
    definitions = site.names.definitions
    owner = class_of(site.names, value)
    if owner is None or owner not in definitions.classes:
        return None, None
    for each in definitions.bases(owner):
        qualified = f"{each}.{member}"
        if qualified in definitions.members or qualified in definitions.attributes:
            break
        if (row := site.libraries.member_of(each, member)) is not None:
            return each, row
    return None, None


def _may_cancel_a_task(site: Site[Any], value: cst.BaseExpression, member: str) -> bool:
    if member not in ("cancel", "cancelled") or not isinstance(value, cst.Name):
        return False
    return site.names.is_element(value) and _starts_tasks(site.names)


def _starts_tasks(names: Names) -> bool:
    tasks = {"asyncio.create_task", "asyncio.Task"}
    if any(tasks & meanings for meanings in names.bound().values()):
        return True
    return any(
        node.attr.value == "create_task" or names.qualified(node) == "asyncio.Task"
        for node in find(names.tree, cst.Attribute)
        if node.attr.value in ("create_task", "Task")
    )
