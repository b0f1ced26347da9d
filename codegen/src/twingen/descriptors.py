"""Which events and futures are settled by a file descriptor.

`loop.add_reader(fd, event.set)` makes an event one that only the loop can set;
whoever waits for it in the twin must therefore run the loop's selector.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from .kinds import FUTURE, LOOP
from .names import Names, NodeT

WATCH = ("add_reader", "add_writer")


def loop_that_sets(
    names: Names, event: cst.BaseExpression
) -> cst.BaseExpression | None:
    """Return the loop whose reader or writer sets this event."""
    holder: cst.CSTNode | None
    if isinstance(event, cst.Attribute):
        holder = names.enclosing(event, cst.ClassDef)
    else:
        holder = names.enclosing(event, cst.FunctionDef) or names.tree
    for loop, callback in _watches(names, holder):
        if (
            isinstance(callback, cst.Attribute)
            and callback.attr.value == "set"
            and names.same_value(callback.value, event)
        ):
            return loop
    return None


def settles_a_future(names: Names, function: cst.CSTNode) -> bool:
    """Tell whether a callback's body gives a future of the loop its result."""
    return any(
        node.attr.value in ("set_result", "set_exception")
        and names.kind(node.value) == FUTURE
        for node in find(function, cst.Attribute)
    )


def _watches(
    names: Names, holder: cst.CSTNode | None
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


def find(root: cst.CSTNode, node_type: type[NodeT]) -> list[NodeT]:
    """Return every node of one type at or below another, in source order."""
    finder = _Finder(node_type)
    root.visit(finder)
    return [node for node in finder.found if isinstance(node, node_type)]


class _Finder(cst.CSTVisitor):

    def __init__(self, node_type: type[cst.CSTNode]) -> None:
        super().__init__()
        self.found: list[cst.CSTNode] = []
        self._type = node_type

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, self._type):
            self.found.append(node)
        return True
