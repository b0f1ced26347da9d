"""Which functions tasks run, and whether several tasks run one at a time.

A start is `create_task(f(x))` and its like, of `gather()`, of a task group, or what a
server calls for each connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from ..calls.coroutine_calls import owner_of
from ..symbols.definitions import Definitions

if TYPE_CHECKING:
    from ..types.typed_names import TypedNames

ONCE, OFTEN, APART = "once", "often", "apart"
"""One task; several with one object or none; several with an object of their own."""

_TAKING_FIRST = {
    f"asyncio.{name}"
    for name in (
        "as_completed", "create_task", "ensure_future", "run_coroutine_threadsafe",
        "wait",
    )
}  # fmt: skip
_OF_GROUPS = {"create_task", "start_soon"}
_SERVERS = {"asyncio.start_server", "asyncio.start_unix_server"}
_STARTING = {
    "as_completed", "create_task", "ensure_future", "gather", "start_server",
    "start_soon", "start_unix_server", "wait",
}  # fmt: skip
_LOOPS = (cst.For, cst.While)
_COMPREHENSIONS = (cst.DictComp, cst.GeneratorExp, cst.ListComp, cst.SetComp)
_DISPLAYS = (cst.List, cst.Set, cst.Tuple)


@dataclass(frozen=True)
class Start:
    """A place where a task is started, and how often it runs the function.

    `function` is one of this module, or `None`; `qualified` is its name, if that has
    one.
    """

    function: cst.FunctionDef | None
    qualified: str
    how: str


def starts(names: TypedNames) -> Iterator[Start]:
    """Yield the starts of a module whose function is known."""
    if _STARTING.isdisjoint(names.words):
        return
    for call in names.nodes.of(cst.Call):
        for value, often in _given(names, call):
            if isinstance(value, cst.Call):
                function, of_call = value.func, value
            else:
                function, of_call = value, call
            found = called(names, function)
            if found is not None:
                often = often or _is_repeated(names, of_call)
                how = _how(names, function, of_call) if often else ONCE
                yield Start(*found, how)


def called(
    names: TypedNames, function: cst.BaseExpression
) -> tuple[cst.FunctionDef | None, str] | None:
    """Return the function of the sources that an expression stands for."""
    if isinstance(function, cst.Name):
        local = names.function(function)
        if local is not None:
            return local, names.qualified(local) or ""
    qualified = names.qualified(function)
    if qualified is not None and names.definitions.module_of(qualified) is not None:
        return None, qualified
    if not isinstance(function, cst.Attribute):
        return None
    owner = owner_of(names, function) or names.owner(function.value) or ""
    if not owner:
        return None
    return None, f"{owner}.{function.attr.value}"


def in_tasks(definitions: Definitions) -> dict[str, set[str]]:
    """Return how tasks run functions and methods, by the names of their definitions."""
    found: dict[str, set[str]] = {}
    for each in definitions.task_functions:
        qualified, how = each.rsplit(" ", 1)
        found.setdefault(defined(definitions, qualified), set()).add(how)
    return found


def defined(definitions: Definitions, qualified: str, *, above: bool = False) -> str:
    """Return where a method is defined: in its class or in a base.

    With `above`, the class itself is not asked; empty if no base has it.
    """
    owner, _, name = qualified.rpartition(".")
    classes = list(definitions.bases(owner))[int(above) :]
    methods = (f"{each}.{name}" for each in classes)
    found = next((each for each in methods if each in definitions.members), "")
    return found or ("" if above else qualified)


def _given(
    names: TypedNames, call: cst.Call
) -> Iterator[tuple[cst.BaseExpression, bool]]:
    """Yield what a call starts: `f(x)`, or a function; and whether it does so often."""
    qualified = names.qualified(call.func)
    positional = [arg for arg in call.args if arg.keyword is None]
    if qualified in _SERVERS:
        if positional and not positional[0].star:
            yield positional[0].value, True
    elif qualified == "asyncio.gather":
        for arg in positional:
            yield from _each(names, arg.value)
    elif qualified in _TAKING_FIRST:
        for arg in positional[:1]:
            yield from _each(names, arg.value)
    elif (
        isinstance(call.func, cst.Attribute)
        and call.func.attr.value in _OF_GROUPS
        and positional
        and not names.imported(call.func)
    ):
        yield positional[0].value, False


def _each(
    names: TypedNames, value: cst.BaseExpression, followed: bool = False
) -> Iterator[tuple[cst.BaseExpression, bool]]:
    if isinstance(value, _COMPREHENSIONS) and not isinstance(value, cst.DictComp):
        if isinstance(value.elt, cst.Call):
            yield value.elt, True
    elif isinstance(value, _DISPLAYS):
        for element in value.elements:
            yield from _each(names, element.value, followed)
    elif isinstance(value, cst.Call):
        if names.qualified(value.func) == "builtins.map" and value.args:
            yield value.args[0].value, True
        else:
            yield value, False
    elif isinstance(value, cst.Name) and not followed:
        for each in names.values(value):
            yield from _each(names, each, followed=True)
        for each in names.stored(value):
            for inner, _ in _each(names, each, followed=True):
                yield inner, _is_repeated(names, inner)


def _is_repeated(names: TypedNames, call: cst.CSTNode) -> bool:
    """Return whether a loop, in the function around it, makes a call several times."""
    inner: cst.CSTNode = call
    for each in names.ancestors(call):
        if isinstance(each, (cst.FunctionDef, cst.Lambda, cst.ClassDef)):
            return False
        if isinstance(each, _LOOPS) and inner is each.body:
            return not _leaves(each)
        if isinstance(each, _COMPREHENSIONS):
            return True
        inner = each
    return False


def _leaves(loop: cst.For | cst.While) -> bool:
    """Return whether the last statement of a loop leaves it: it goes round once."""
    last = loop.body.body[-1] if loop.body.body else None
    line = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else last
    return isinstance(line, (cst.Break, cst.Return, cst.Raise))


def _how(names: TypedNames, function: cst.BaseExpression, call: cst.CSTNode) -> str:
    """Return whether the tasks of a loop share the object whose method they run."""
    if not isinstance(function, cst.Attribute):
        return OFTEN
    receiver = function.value
    while isinstance(receiver, cst.Attribute):
        receiver = receiver.value
    if not isinstance(receiver, cst.Name):
        return APART  # `Worker(x).run()`
    if receiver.value in ("self", "cls"):
        return OFTEN
    loops = (*_LOOPS, *_COMPREHENSIONS)
    around = [each for each in names.ancestors(call) if isinstance(each, loops)]
    for target in names.targets(receiver):
        if any(each in around for each in names.ancestors(target)):
            return APART
    return OFTEN
