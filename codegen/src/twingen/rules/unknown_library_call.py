"""A name of another library needs a row in the tables if it is awaited.

`await anyio.sleep(1)` shows that `anyio.sleep` is a coroutine function. If the twin
called it without the await, nothing would happen. The name is refused until a row says
what it becomes in the twin. This also holds for names of a library that are used in
`async for` or `async with` or started as a task, and for objects of a library's class
that are used in `async for` or `async with`.
"""

from __future__ import annotations

import sys
from typing import Any

import libcst as cst

from ..analysis.calls.task_calls import starts_task
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite
from .shared.thread_starts import is_started_element

# Rules of what is given no awaitable, and what is given beside one.
_OF_VALUES = {"sleep_call", "timeout_block", "to_thread_call", "event_loop"}
_BESIDE = {"timeout", "return_when", "return_exceptions", "name", "context", "debug"}


@rewrite("TW109", cst.Call, cst.WithItem, cst.For, cst.CompFor)
def require_row(site: Site[Any]) -> None:
    if not isinstance(site.old, cst.Call):
        _require_row_of_class(site)
        return
    if not _is_asynchronous_use(site):
        return
    carried = site.tasks == "turns"
    if site.of_runtime(site.names.meanings(site.old.func)) is not None:
        return  # a backport
    without_row = [
        name
        for name in sorted(_foreign_names(site, site.old.func))
        if not (_has_row(site, name) or (carried and _is_standard(name)))
        and not _is_known_method(site, name)
    ]
    if not without_row:
        return
    raise _refused(site, without_row[0])


def _refused(
    site: Site[Any], qualified: str, node: cst.CSTNode | None = None
) -> Refused:
    module, _, name = qualified.rpartition(".")
    package = site.libraries.awaited_of(qualified)
    if package is not None:
        return Refused(
            f"{qualified} is asynchronous, and {package.refuse}",
            package.instead,
            node=node,
        )
    return Refused(
        f"{qualified} is asynchronous, and no table says what its twin is",
        f'add a row: [tool.twingen.libraries."{module}"] {name} = "...", or mark the '
        "code `# twingen: async-only`",
        node=node,
    )


def _require_row_of_class(site: Site[cst.WithItem | cst.For | cst.CompFor]) -> None:
    """Refuse `async with x` and `async for y in x` where x is of an unknown class."""
    if isinstance(site.old, cst.WithItem):
        value, block = site.old.item, site.names.parent(site.old)
        is_asynchronous = isinstance(block, cst.With) and block.asynchronous is not None
    else:
        value, is_asynchronous = site.old.iter, site.old.asynchronous is not None
    if not is_asynchronous or not isinstance(value, (cst.Name, cst.Attribute)):
        return
    carried = site.tasks == "turns"
    for kind in sorted(site.names.kinds(value)):
        known = kind.startswith(_KNOWN) or _has_row(site, kind)
        if not known and "." in kind and not (carried and _is_standard(kind)):
            raise _refused(site, kind, value)


# Of these every name has a row, or is no object of a library.
_KNOWN = ("builtins.", "asyncio.", "collections.", "typing.", "typing_extensions.")


def _is_standard(qualified: str) -> bool:
    """Recognize a function of the standard library, whose result is awaited."""
    package = qualified.partition(".")[0]
    return package in sys.stdlib_module_names and package != "asyncio"


def _is_asynchronous_use(site: Site[cst.Call]) -> bool:
    parent = site.names.parent(site.old)
    if isinstance(parent, cst.Await) or is_started_element(site.names, site.old):
        return True
    if isinstance(parent, (cst.For, cst.CompFor)):
        return parent.iter is site.old and parent.asynchronous is not None
    if isinstance(parent, cst.WithItem):
        block = site.names.parent(parent)
        return isinstance(block, cst.With) and block.asynchronous is not None
    if isinstance(parent, cst.Arg):
        taker = site.names.parent(parent)
        if not isinstance(taker, cst.Call):
            return False
        if starts_task(site.names, taker):
            return True
        verdict = site.verdict(taker.func)
        if verdict is None or not (verdict.rule or verdict.unwrap):
            return False
        return _may_be_waited_for(verdict.rule, taker, parent)
    return False


def _may_be_waited_for(rule: str, taker: cst.Call, argument: cst.Arg) -> bool:
    """Return whether this is awaited, and not a delay, a limit or a flag."""
    if rule in _OF_VALUES:
        return False
    if argument.keyword is not None:
        return argument.keyword.value not in _BESIDE
    return rule == "gather_call" or argument is taker.args[0]


def _foreign_names(site: Site[cst.Call], function: cst.BaseExpression) -> set[str]:
    """Return the qualified names of what is called, if it is imported."""
    imported = site.names.imported(function)
    if imported or not isinstance(function, cst.Attribute):
        return imported
    kind = site.names.kind(function.value)
    if kind is None or kind.startswith(_KNOWN):
        return set()
    return {f"{kind}.{function.attr.value}"}


def _is_known_method(site: Site[cst.Call], qualified: str) -> bool:
    """Recognize a method with a row for the objects of its library, or for all."""
    owner, _, name = qualified.rpartition(".")
    if site.names.imported(site.old.func):
        return False
    return site.libraries.method_of(name, owner) is not None


def _has_row(site: Site[Any], qualified: str) -> bool:
    if site.names.definitions.module_of(qualified) is not None:
        return True
    parts = qualified.split(".")
    prefixes = (".".join(parts[:end]) for end in range(len(parts), 1, -1))
    if site.libraries.verdict(qualified) is not None:
        return True
    rows = map(site.libraries.verdict, prefixes)
    return any(row is not None and not row.refuse for row in rows)
