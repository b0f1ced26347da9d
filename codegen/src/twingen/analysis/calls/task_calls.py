"""Calls that give what runs already: a task or a future."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from ...diagnostics.refusal import Refused
from ...syntax.traversal import Reader
from ..types.aliases import meant_by
from ..types.type_inference import CALLS_FOR_LOOP, FUTURE, LOOP, TASK, TASK_GROUP

if TYPE_CHECKING:
    from ..types.typed_names import TypedNames

_STARTED = (TASK, FUTURE)
# Without one of these words a module starts nothing.
_STARTERS = {"Future", "Task", "create_future", "create_task", "ensure_future"}
# What takes an element out of a collection.
_TAKING = {"get_nowait", "pop", "popleft", "setdefault"}
_OF_COLLECTIONS = {*_TAKING, "get"}
_COLLECTIONS = {
    f"{home}.{name}"
    for home in ("builtins", "collections", "collections.abc", "typing")
    for name in (
        "DefaultDict", "Deque", "Dict", "List", "Mapping", "MutableMapping",
        "MutableSequence", "MutableSet", "OrderedDict", "Set", "defaultdict", "deque",
        "dict", "list", "set",
    )
} | {f"asyncio.{name}" for name in ("LifoQueue", "PriorityQueue", "Queue")}  # fmt: skip
_DISPLAYS = (cst.Dict, cst.DictComp, cst.List, cst.ListComp, cst.Set, cst.SetComp)
_HANDED_ON = "; or await it inside the function: `async def f(): return await start()`"
_KEPT = "keep it first: `task: asyncio.Task[...] = {}`, then `await task`"


def starts_task(names: TypedNames, call: cst.Call) -> bool:
    """Return whether this is `create_task()` of asyncio, a loop or a task group."""
    if names.qualified(call.func) in ("asyncio.create_task", "asyncio.ensure_future"):
        return True
    function = call.func
    if not (
        isinstance(function, cst.Attribute) and function.attr.value == "create_task"
    ):
        return False
    return is_in_task_group(names, call) or is_loop(names, function.value)


def is_in_task_group(names: TypedNames, call: cst.Call) -> bool:
    """Return whether a method of a task group is called."""
    function = call.func
    return (
        isinstance(function, cst.Attribute) and names.kind(function.value) == TASK_GROUP
    )


def is_loop(names: TypedNames, value: cst.BaseExpression) -> bool:
    """Return whether a value is an event loop, with or without a name of its own."""
    if isinstance(value, cst.Call):
        return names.qualified(value.func) in CALLS_FOR_LOOP
    return names.kind(value) == LOOP


def check_not_started(names: TypedNames, call: cst.Call) -> None:
    """Refuse that a call is waited for whose value is what has to be."""
    function = call.func
    hidden = (
        isinstance(function, cst.Attribute)
        and names.qualified(function) not in names.definitions.started
        and _is_hidden(names, function.value)
    )
    annotate = "; or annotate the object" if hidden else ""
    if _gives_started(names, call):
        by_name = _is_starter(names, function)
        raise Refused(
            "this call returns a task or a future that has already started",
            _KEPT.format("f()") + annotate + ("" if by_name else _HANDED_ON),
            node=call,
        )
    if _takes_element(names, call):
        raise Refused(
            "this call takes a task or a future from a collection, and it has already "
            "started",
            _KEPT.format("tasks.pop()") + annotate,
            node=call,
        )


def _is_hidden(names: TypedNames, value: cst.BaseExpression) -> bool:
    """Return whether nothing shows the class of an object."""
    kind = names.owner(value)
    displays = any(isinstance(each, _DISPLAYS) for each in names.values(value))
    return kind in (None, "typing.Any") and not displays


def returns_started(names: TypedNames, function: cst.FunctionDef) -> bool:
    """Return whether a plain function returns a task or a future."""
    if function.asynchronous is not None:
        return False
    if function.returns is not None and not names.annotated(
        function.returns.annotation
    ).isdisjoint(_STARTED):
        return True
    is_local = names.qualified(function) is None
    known = _is_started_here if is_local else _is_started
    return any(
        known(names, each)
        for value in returned(function)
        for each in meant_by(names, value)
    )


def starting_level(names: TypedNames, function: cst.FunctionDef, depth: int = 0) -> int:
    """Return 1 if a plain function returns one that returns a task; 2: one level more.

    0 is neither: these are decorators, and functions that make them.
    """
    if function.asynchronous is not None or depth > 1:
        return 0
    levels = [0]
    for value in returned(function):
        for each in meant_by(names, value):
            inner = names.function(each) if isinstance(each, cst.Name) else None
            known = names.definitions.starting.get(names.qualified(each) or "", 0)
            if _is_starter(names, each):
                return 1
            if inner is not None and inner is not function:
                known = known or starting_level(names, inner, depth + 1)
            levels.append(known + 1 if known else 0)
    return max(levels)


def is_decorated_to_start(names: TypedNames, function: cst.FunctionDef) -> bool:
    """Return whether a decorator makes a function return a task or a future."""
    starting = names.definitions.starting
    for each in function.decorators:
        called = each.decorator
        level = 2 if isinstance(called, cst.Call) else 1
        maker = called.func if isinstance(called, cst.Call) else called
        if starting.get(names.qualified(maker) or "") == level:
            return True
    return False


def returned(function: cst.FunctionDef) -> list[cst.BaseExpression]:
    """Return what a function itself returns."""
    finder = _Returns()
    function.body.visit(finder)
    return finder.values


def _is_started_here(names: TypedNames, value: cst.BaseExpression) -> bool:
    """Recognize a task without following calls, which may be recursive."""
    return _starts(names, value) or names.kind(value) in _STARTED


def _is_started(names: TypedNames, value: cst.BaseExpression) -> bool:
    if isinstance(value, cst.Call):
        return starts_task(names, value) or _gives_started(names, value)
    return names.kind(value) in _STARTED


def _gives_started(names: TypedNames, call: cst.Call) -> bool:
    """Return whether a plain function, of which the sources show enough, is called."""
    if not (names.definitions.started or starts_anything(names)):
        return False
    return any(_is_starter(names, each) for each in meant_by(names, call.func))


def _is_starter(names: TypedNames, function: cst.BaseExpression) -> bool:
    """Return whether a plain function is known to return a task or a future."""
    definitions = names.definitions
    if names.qualified(function) in definitions.started:
        return True
    if isinstance(function, cst.Lambda):
        return _starts(names, function.body)
    if isinstance(function, cst.Call):
        return definitions.starting.get(names.qualified(function.func) or "") == 1
    if isinstance(function, cst.Attribute):
        owner = names.owner(function.value)
        owner = owner if owner in definitions.classes else None
        unknown = owner is None and _is_hidden(names, function.value)
        return (owner is not None or unknown) and definitions.is_started_by_method(
            owner, function.attr.value
        )
    if not isinstance(function, cst.Name):
        return False
    found = names.function(function)
    if found is not None:  # a local one, whose name is nobody else's
        return names.qualified(function) is None and returns_started(names, found)
    return definitions.is_started_by_method(names.kind(function) or "", "__call__")


def _starts(names: TypedNames, value: cst.BaseExpression) -> bool:
    return isinstance(value, cst.Call) and starts_task(names, value)


def _takes_element(names: TypedNames, call: cst.Call) -> bool:
    """Return whether a call asks a collection for an element, or may do so."""
    function = call.func
    if isinstance(function, cst.Name):
        called = names.qualified(function) or ""
        return called in ("builtins.next", "builtins.getattr")
    if not isinstance(function, cst.Attribute):
        return False
    method, collection = function.attr.value, function.value
    if method not in _OF_COLLECTIONS:
        return False
    kind = names.kind(collection)
    if kind not in (None, "typing.Any"):
        is_queue = kind.startswith("asyncio.")
        return kind in _COLLECTIONS and not (is_queue and method == "get")
    values = list(names.values(collection))
    if values and all(isinstance(each, _DISPLAYS) for each in values):
        return True
    definitions = names.definitions
    known = bool(definitions.by("coroutines", "last", method))
    return method in _TAKING and not known and starts_anything(names)


def starts_anything(names: TypedNames) -> bool:
    """Return whether a module may start a task, or name the class of one."""
    return not _STARTERS.isdisjoint(names.words)


class _Returns(Reader):
    """Collects what a function itself returns."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[cst.BaseExpression] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False

    def visit_Return(self, node: cst.Return) -> bool:
        if node.value is not None:
            self.values.append(node.value)
        return False
