"""What in a source needs tasks that take turns.

That is what starts tasks, cancels them or tells them apart, and what threads do in
another way without a word: a plain twin of it would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from ..calls.awaitables import calls_around, is_kept, returned_names
from ..symbols.definitions import ASYNCIO_FUNCTIONS
from ..types.coroutine_tests import refuses
from ..types.protocol_tests import (
    SYNC_DUNDERS,
    classes_asked,
    is_beside_async,
    member_asked,
)
from ..types.type_inference import CALLS_FOR_LOOP, LOOP
from ..types.type_parameters import AWAITABLE_TYPES

if TYPE_CHECKING:
    from ..types.typed_names import TypedNames

_QUEUES = {"LifoQueue", "PriorityQueue", "Queue"}
_NAMES = {
    "Barrier", "CancelledError", "Condition", "InvalidStateError", "Runner", "Task",
    "TaskGroup", "all_tasks", "as_completed", "create_task", "current_task",
    "ensure_future", "gather", "isfuture", "new_event_loop", "run_coroutine_threadsafe",
    "set_event_loop", "shield", "wait", "wrap_future", *_QUEUES,
}  # fmt: skip
# Methods of event loops and task groups, and members of asynchronous generators.
_MEMBERS = {
    "ag_await", "ag_code", "ag_frame", "ag_running", "athrow", "call_at", "call_later",
    "call_soon", "call_soon_threadsafe", "create_task", "run_until_complete",
}  # fmt: skip
# Classes whose subclasses rely on how asyncio has written them.
_CLASSES = {
    f"asyncio.{name}"
    for name in (
        "BoundedSemaphore", "Event", "Future", "Lock", "Semaphore", "Task", *_QUEUES,
    )
}  # fmt: skip
# Who copies a lock: one of threads cannot be copied.
_COPYING = {"asdict", "astuple", "deepcopy", "pickle"}
_LOCKS = {"Event", "Lock", "Semaphore"}
# Single steps of an iteration, which nothing ends.
_STEPS = {"__anext__", "anext", "asend"}


def task_uses(names: TypedNames) -> Iterator[str]:
    """Yield what needs them, with the name of the module."""
    for what in _uses(names):
        yield f"{what} in {names.module}"


def _uses(names: TypedNames) -> Iterator[str]:
    words = names.words
    if not (_NAMES | _MEMBERS).isdisjoint(words):
        yield from _named(names)
    if not (_COPYING.isdisjoint(words) or _LOCKS.isdisjoint(words)):
        yield "a copied lock"
    if not {each.rpartition(".")[2] for each in CALLS_FOR_LOOP}.isdisjoint(words):
        yield from _loops(names)
    yield from _aliases(names)
    yield from _subclasses(names)
    yield from _functions(names)
    yield from _generators(names)
    yield from _kept(names)
    yield from _protocols(names)


def _named(names: TypedNames) -> Iterator[str]:
    nodes: list[cst.Attribute | cst.Name] = [*names.nodes.of(cst.Attribute)]
    for node in (*nodes, *names.nodes.of(cst.Name)):
        last = node.attr.value if isinstance(node, cst.Attribute) else node.value
        if last in _NAMES and names.qualified(node) == f"asyncio.{last}":
            yield f"asyncio.{last}"
        if not isinstance(node, cst.Attribute) or last not in _MEMBERS:
            continue
        called = isinstance(names.parent(node), cst.Call) or last.startswith("ag_")
        if called and not names.imported(node):
            yield last


def _loops(names: TypedNames) -> Iterator[str]:
    """Yield event loops that are compared, kept, or passed on."""
    nodes: list[cst.BaseExpression] = [*names.nodes.of(cst.Call)]
    for node in (*nodes, *names.nodes.of(cst.Name), *names.nodes.of(cst.Attribute)):
        parent = names.parent(node)
        used = (
            cst.Arg,
            cst.Comparison,
            cst.ComparisonTarget,
            cst.DictElement,
            cst.Index,
        )
        if not isinstance(parent, used):
            continue
        if isinstance(node, cst.Call):
            is_loop = names.qualified(node.func) in CALLS_FOR_LOOP
        else:
            is_loop = names.kind(node) == LOOP
        if is_loop and not _is_question_for_none(parent):
            yield "an event loop as a value"


def _is_question_for_none(parent: cst.CSTNode) -> bool:
    """Recognize `loop is None`."""
    if not isinstance(parent, cst.Comparison):
        return False
    return all(
        isinstance(each.comparator, cst.Name) and each.comparator.value == "None"
        for each in parent.comparisons
    )


def _aliases(names: TypedNames) -> Iterator[str]:
    """Yield types that stand for others that are awaited."""
    for value in names.nodes.of(cst.Subscript):
        if names.qualified(value.value) in AWAITABLE_TYPES:
            holder = names.enclosing(value, cst.Assign, cst.FunctionDef, cst.ClassDef)
            if isinstance(holder, cst.Assign):
                yield "an alias of an awaitable type"


def _subclasses(names: TypedNames) -> Iterator[str]:
    for definition in names.nodes.of(cst.ClassDef):
        for base in definition.bases:
            plain = base.value
            if isinstance(plain, cst.Subscript):
                plain = plain.value
            qualified = names.qualified(plain)
            if qualified in _CLASSES:
                yield f"a subclass of {qualified}"


def _functions(names: TypedNames) -> Iterator[str]:
    """Yield functions that do more than to hand out a coroutine."""
    for function in names.nodes.of(cst.FunctionDef):
        name = function.name.value
        if function.asynchronous is None:
            others = returned_names(names, function)
            may_wait = any(map(names.definitions.may_wait, others))
            if may_wait and not _only_returns(function):
                yield f"the coroutine that {name}() returns"
        elif any(calls_around(names, each) for each in function.decorators):
            yield f"the decorator of {name}()"


def _only_returns(function: cst.FunctionDef) -> bool:
    """Return whether a function does nothing but return."""
    statements = function.body.body
    if function.get_docstring() is not None:
        statements = statements[1:]
    if len(statements) != 1:
        return False
    only = statements[0]
    return isinstance(only, cst.Return) or (
        isinstance(only, cst.SimpleStatementLine) and len(only.body) == 1
    )


def _generators(names: TypedNames) -> Iterator[str]:
    """Yield ends of iterations that are mixed up."""
    functions = names.nodes.of(cst.FunctionDef)
    if any(each.name.value == "__anext__" and each.asynchronous for each in functions):
        for call in names.nodes.of(cst.Call):
            if names.qualified(call.func) == "builtins.next" and len(call.args) == 1:
                yield "next() beside __anext__()"


def has_cleaning_generator(names: TypedNames) -> bool:
    """Return whether an asynchronous generator does something when it is closed."""
    return any(
        _is_in_async_generator(names, each) and _cleans_up(names, each)
        for each in names.nodes.of(cst.Yield)
    )


def leaves_generator(names: TypedNames) -> bool:
    """Return whether an asynchronous generator may be left before it has ended.

    Its loop closes it then, after what runs already; a plain one closes immediately.
    """
    loops = names.nodes.of(cst.For)
    if any(each.asynchronous is not None and _is_left(names, each) for each in loops):
        return True
    for call in names.nodes.of(cst.Call):
        name = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
        if not isinstance(name, cst.Name) or name.value not in _STEPS:
            continue
        around = names.enclosing(call, cst.FunctionDef)
        if around is None or around.name.value != "__anext__":
            return True
    return False


def _is_in_async_generator(names: TypedNames, node: cst.CSTNode) -> bool:
    function = names.enclosing(node, cst.FunctionDef)
    return function is not None and function.asynchronous is not None


def _cleans_up(names: TypedNames, node: cst.CSTNode) -> bool:
    """Return whether something is done where a generator is closed at a `yield`."""
    for each in names.ancestors(node):
        if isinstance(each, cst.FunctionDef):
            return False
        if isinstance(each, (cst.Try, cst.TryStar, cst.With)):
            function = names.enclosing(each, cst.FunctionDef)
            decorators = function.decorators if function is not None else ()
            made = {names.qualified(d.decorator) for d in decorators}
            return "contextlib.asynccontextmanager" not in made
    return False


def _is_left(names: TypedNames, loop: cst.For) -> bool:
    """Return whether a `break`, `return` or `raise` may end a loop."""
    for kind in (cst.Break, cst.Return, cst.Raise):
        for leaving in names.nodes.of(kind):
            for each in names.ancestors(leaving):
                if each is loop:
                    return True
                if isinstance(each, cst.FunctionDef):
                    break
                if kind is cst.Break and isinstance(each, (cst.For, cst.While)):
                    break
    return False


def _kept(names: TypedNames) -> Iterator[str]:
    """Yield coroutines that a plain function of the module gives, if they are kept."""
    for call in names.nodes.of(cst.Call):
        function = (
            names.function(call.func) if isinstance(call.func, cst.Name) else None
        )
        if function is None or function.asynchronous is not None:
            continue
        if not is_kept(names, call) or isinstance(names.parent(call), cst.Return):
            continue
        known = {*names.definitions.waiting, *ASYNCIO_FUNCTIONS}
        if not known.isdisjoint(returned_names(names, function)):
            yield f"the coroutine that {function.name.value}() returns"


def _protocols(names: TypedNames) -> Iterator[str]:
    """Yield tests for a sync protocol, which asynchronous objects have in the twin."""
    if {"hasattr", "isinstance", "issubclass"}.isdisjoint(names.words):
        return
    for call in names.nodes.of(cst.Call):
        # Of asynchronous classes threads convert some tests, and refuse the others.
        asked = [each for each in classes_asked(names, call) if "Async" not in each]
        member = member_asked(names, call)
        if member is not None:
            sync = member in SYNC_DUNDERS
            asked = [] if sync and not is_beside_async(names, [member]) else [member]
        if asked and not refuses(names, call, when=False):
            yield f"a test for {asked[0]}"
