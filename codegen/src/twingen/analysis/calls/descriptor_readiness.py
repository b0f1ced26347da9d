"""Which events and futures are settled by a file descriptor.

`loop.add_reader(fd, event.set)` makes an event one that only the loop can set;
whoever waits for it in the twin must therefore run the selector of that very
loop. In asyncio all loops of a thread are one; in the twin each is another.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from ...diagnostics.refusal import Refused
from ...syntax.nodes import find
from ..types.type_inference import FUTURE, LOOP
from ..types.typed_names import TypedNames

WATCH = ("add_reader", "add_writer")
_SETTLE = ("set_result", "set_exception")


def loop_that_sets(
    names: TypedNames, event: cst.BaseExpression
) -> cst.BaseExpression | None:
    """Return the loop whose reader or writer sets this event.

    Raises :class:`Refused` when that loop has no name where the event is used.
    """
    for loop, callback in _watches(names, _holder(names, event)):
        if (
            isinstance(callback, cst.Attribute)
            and callback.attr.value == "set"
            and names.same_value(callback.value, event)
        ):
            if isinstance(loop, cst.Name) and not names.means_the_same(
                loop.value, loop, event
            ):
                raise Refused(
                    f"{loop.value} is not known here, and the twin waits for this "
                    "event with the selector of that loop",
                    "keep the loop in an attribute: `self._loop = "
                    "asyncio.get_running_loop()`",
                )
            if _is_set_by_hand(names, event):
                raise Refused(
                    "a descriptor and a call set this event; a thread of the twin "
                    "that waits for the descriptor would not notice the call",
                    "keep one event for the descriptor and another for the call",
                )
            return loop
    return None


def _is_set_by_hand(names: TypedNames, event: cst.BaseExpression) -> bool:
    """Return whether the code calls `event.set()` itself, or has a timer call it."""
    holder = _holder(names, event)
    return holder is not None and any(
        each.attr.value == "set" and names.same_value(each.value, event)
        for call in find(holder, cst.Call)
        if isinstance(call.func, cst.Attribute) and call.func.attr.value not in WATCH
        for each in (call.func, *(argument.value for argument in call.args))
        if isinstance(each, cst.Attribute)
    )


def is_awaited_event(names: TypedNames, event: cst.BaseExpression) -> bool:
    """Return whether an event's own name is waited for where it belongs."""
    holder = _holder(names, event)
    return holder is not None and any(
        call.func.attr.value == "wait" and names.same_value(call.func.value, event)
        for call in find(holder, cst.Call)
        if isinstance(call.func, cst.Attribute)
    )


def settled_futures(
    names: TypedNames, function: cst.CSTNode
) -> Iterator[cst.BaseExpression]:
    """Yield the futures that a callback's body gives their results."""
    for node in find(function, cst.Attribute):
        if node.attr.value in _SETTLE and names.kind(node.value) == FUTURE:
            yield node.value


def is_future_of(
    names: TypedNames, future: cst.BaseExpression, loop: cst.BaseExpression
) -> bool:
    """Return whether a future is known to be made by this loop alone."""
    makers = list(_makers(names, future, set()))
    root = _root(names, loop)
    return bool(makers) and all(
        names.same_value(_root(names, maker), root) for maker in makers
    )


def watches_anything(names: TypedNames, loop: cst.BaseExpression) -> bool:
    """Return whether a reader or writer is added to this very loop anywhere."""
    root = _root(names, loop)
    return any(
        names.same_value(_root(names, other), root)
        for other, _ in _watches(names, names.tree)
    )


def _makers(
    names: TypedNames, future: cst.BaseExpression, seen: set[cst.CSTNode]
) -> Iterator[cst.BaseExpression]:
    """Yield the loops whose `create_future()` a name is bound to."""
    for value in names.values(future):
        if value in seen:
            continue
        seen.add(value)
        if isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute):
            yield value.func.value
        else:
            yield from _makers(names, value, seen)


def _root(names: TypedNames, loop: cst.BaseExpression) -> cst.BaseExpression:
    """Return what a loop's name was first called."""
    seen: set[cst.CSTNode] = set()
    while loop not in seen:
        seen.add(loop)
        values = list(names.values(loop))
        if len(values) == 1 and isinstance(values[0], (cst.Name, cst.Attribute)):
            loop = values[0]
    return loop


def _holder(names: TypedNames, event: cst.BaseExpression) -> cst.CSTNode | None:
    if isinstance(event, cst.Attribute):
        return names.enclosing(event, cst.ClassDef)
    return names.enclosing(event, cst.FunctionDef) or names.tree


def _watches(
    names: TypedNames, holder: cst.CSTNode | None
) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression]]:
    """Yield (loop, callback) of every reader and writer added below a node."""
    if holder is None:
        return
    for call in find(holder, cst.Call):
        if not isinstance(call.func, cst.Attribute):
            continue
        added = call.func.attr.value in WATCH and len(call.args) >= 2
        if added and names.kind(call.func.value) == LOOP:
            yield call.func.value, call.args[1].value
