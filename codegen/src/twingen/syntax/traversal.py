"""Walks libcst's trees without building what does not change, and writes them.

libcst's own `visit` creates every node again, also for a visitor that only reads.
Here a reader makes none, and a rewriting makes those above a change. Children
come in the order of libcst.
"""

from __future__ import annotations

from collections.abc import (
    Callable,
    Container,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import nullcontext
from functools import cache
from typing import Any, TypeVar

import libcst as cst
from libcst._nodes.internal import CodegenState

NodeT = TypeVar("NodeT", bound=cst.CSTNode)

# Nodes that hold neither a name nor a comment.
_PLAIN = (cst.SimpleWhitespace, cst.Newline)
# Fields that hold only whitespace, comments and punctuation.
_LAYOUT = {
    "header", "footer", "leading_lines", "lines_after_decorators", "empty_lines",
    "lpar", "rpar", "lbracket", "rbracket", "lbrace", "rbrace", "comma", "colon",
    "semicolon", "dot", "equal", "operator", "indent", "newline", "comment",
}  # fmt: skip
# Where libcst leaves out a statement of which nothing is left.
_BODIES = (cst.Module, cst.IndentedBlock)

# What a field can be declared to hold that is no node.
_NO_NODES = (bool, int, str)

_NODE, _SEQUENCE, _VALUE = 1, 2, 0


class _Sorts(dict[Any, int]):
    """What a field with a value of each type holds."""

    def __missing__(self, kind: type[object]) -> int:
        sort = _VALUE
        if issubclass(kind, cst.CSTNode):
            sort = _VALUE if issubclass(kind, _PLAIN) else _NODE
        elif issubclass(kind, (list, tuple)):
            sort = _SEQUENCE
        self[kind] = sort
        return sort


_SORTS = _Sorts()


class _Recorder(cst.CSTVisitor):
    """Learns in which order libcst visits the fields of a node."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[str] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        return False

    def on_visit_attribute(self, node: cst.CSTNode, attribute: str) -> None:
        self.fields.append(attribute)


_FIELDS: dict[type[cst.CSTNode], tuple[str, ...]] = {}
_MEANINGFUL: dict[type[cst.CSTNode], tuple[str, ...]] = {}


def _learn(node: cst.CSTNode) -> tuple[str, ...]:
    """Return the fields of a node that can hold others, in the order of libcst."""
    recorder = _Recorder()
    node._visit_and_replace_children(recorder)
    known = [
        name
        for name, field in node.__dataclass_fields__.items()
        if name != "__slots__" and field.type not in _NO_NODES
    ]
    fields = (*recorder.fields, *(n for n in known if n not in recorder.fields))
    _FIELDS[type(node)] = fields
    _MEANINGFUL[type(node)] = tuple(
        name for name in fields if name not in _LAYOUT and "whitespace" not in name
    )
    return fields


def children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """Return the children of a node, whitespace without a comment left out."""
    return _nodes_in(node, _FIELDS.get(type(node)) or _learn(node))


def parts(node: cst.CSTNode) -> list[cst.CSTNode]:
    """Return the children of a node that are code, not whitespace or comments."""
    if type(node) not in _MEANINGFUL:
        _learn(node)
    return _nodes_in(node, _MEANINGFUL[type(node)])


def _nodes_in(node: cst.CSTNode, fields: Iterable[str]) -> list[cst.CSTNode]:
    found: list[cst.CSTNode] = []
    for name in fields:
        value = getattr(node, name)
        sort = _SORTS[type(value)]
        if sort == _NODE:
            found.append(value)
        elif sort == _SEQUENCE:
            found += [child for child in value if _SORTS[type(child)] == _NODE]
    return found


class _Code(CodegenState):
    """Writes code without noting where each node stands, which nobody asks."""

    def record_syntactic_position(
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,
        end_node: cst.CSTNode | None = None,
    ) -> Any:
        return _NOWHERE


_NOWHERE = nullcontext()


def code_of(tree: cst.Module) -> str:
    """Return the text of a module."""
    state = _Code(tree.default_indent, tree.default_newline)
    state.add_token = state.tokens.append  # type: ignore[assignment]
    tree._codegen(state)
    return "".join(state.tokens)


_LINES = (cst.SimpleStatementLine, cst.SimpleStatementSuite)
_BRANCHES = ("body", "orelse", "handlers", "finalbody", "cases")


def lines_of(tree: cst.Module) -> Iterator[tuple[cst.CSTNode, tuple[cst.CSTNode, ...]]]:
    """Yield the lines of simple statements, each with what it is below."""
    waiting: list[tuple[cst.CSTNode, tuple[cst.CSTNode, ...]]] = [(tree, ())]
    while waiting:
        node, above = waiting.pop()
        if type(node) in _LINES:
            yield node, above
            continue
        below = (*above, node)
        for name in _BRANCHES:
            value: Any = getattr(node, name, ())
            if _SORTS[type(value)] == _SEQUENCE:
                waiting.extend((child, below) for child in value)
            elif value is not None:
                waiting.append((value, below))


class Reader(cst.CSTVisitor):
    """A visitor that reads code, not layout: whitespace and comments are skipped.

    Methods called `visit_X_attribute` are not called.
    """

    def __init__(self) -> None:
        super().__init__()
        self._visits, self._leaves = _methods(type(self))

    def on_visit(self, node: cst.CSTNode) -> bool:
        visit = self._visits[type(node)]
        if visit is not None and visit(self, node) is False:
            return False
        fields = _MEANINGFUL.get(type(node))
        if fields is None:
            _learn(node)
            fields = _MEANINGFUL[type(node)]
        for name in fields:
            value = getattr(node, name)
            sort = _SORTS[type(value)]
            if sort == _NODE:
                self.on_visit(value)
                self.on_leave(value)
            elif sort == _SEQUENCE:
                for child in value:
                    if _SORTS[type(child)] == _NODE:
                        self.on_visit(child)
                        self.on_leave(child)
        return False

    def on_leave(self, original_node: cst.CSTNode) -> None:
        leave = self._leaves[type(original_node)]
        if leave is not None:
            leave(self, original_node)


class _Methods(dict[type[cst.CSTNode], "Callable[[Any, Any], Any] | None"]):
    """Which method of a visitor is for which type of node; `None`: none is."""

    def __init__(self, visitor: type[cst.CSTVisitor], prefix: str) -> None:
        super().__init__()
        self._visitor = visitor
        self._prefix = prefix

    def __missing__(self, kind: type[cst.CSTNode]) -> Callable[[Any, Any], Any] | None:
        method: Callable[[Any, Any], Any] | None
        method = getattr(self._visitor, f"{self._prefix}_{kind.__name__}", None)
        # libcst's visitors have a method for every type, most of them idle.
        if getattr(method, "_is_no_op", False):
            method = None
        self[kind] = method
        return method


@cache
def _methods(visitor: type[cst.CSTVisitor]) -> tuple[_Methods, _Methods]:
    """Return the methods of a class that are for nodes: to visit, and to leave them."""
    return _Methods(visitor, "visit"), _Methods(visitor, "leave")


class _Everything:
    def __contains__(self, what: object) -> bool:
        return True


EVERYTHING: Container[int] = _Everything()


def rewritten(
    node: cst.CSTNode,
    rewriter: cst.CSTTransformer,
    only: Container[int] = EVERYTHING,
) -> Any:
    """Return what `node.visit(rewriter)` does; nodes that stay equal stay the same.

    Only nodes with these ids are visited.
    """
    if not rewriter.on_visit(node):
        return rewriter.on_leave(node, node)
    results: dict[int, object] = {}
    for child in children(node):
        if id(child) in only:
            result = rewritten(child, rewriter, only)
            if result is not child:
                results[id(child)] = result
    return rewriter.on_leave(node, with_children(node, results) if results else node)


def with_children(node: NodeT, results: Mapping[int, object]) -> NodeT:
    """Return a node in which children are replaced, by their ids, or removed."""
    changes: dict[str, object] = {}
    for name in _FIELDS.get(type(node)) or _learn(node):
        value = getattr(node, name)
        sort = _SORTS[type(value)]
        if sort == _NODE:
            if id(value) in results:
                changes[name] = _single(node, name, results[id(value)])
        elif sort == _SEQUENCE and any(id(child) in results for child in value):
            changes[name] = _sequence(node, name, value, results)
    return node.with_changes(**changes)


def _single(node: cst.CSTNode, name: str, result: object) -> object:
    """Return what a field gets for a child that was replaced or removed."""
    if isinstance(result, cst.FlattenSentinel):
        raise TypeError(f"{type(node).__name__}.{name} cannot hold several nodes")
    if result is not cst.RemovalSentinel.REMOVE:
        return result
    default = node.__dataclass_fields__[name].default
    if default is cst.MaybeSentinel.DEFAULT or default is None:
        return default
    raise TypeError(f"{type(node).__name__}.{name} cannot be removed")


def _sequence(
    node: cst.CSTNode,
    name: str,
    value: Sequence[Any],
    results: Mapping[int, object],
) -> Sequence[Any]:
    """Return a sequence with its members replaced."""
    is_body = name == "body" and isinstance(node, _BODIES)
    found: list[Any] = []
    for child in value:
        result: Any = results.get(id(child), child)
        if result is child:
            found.append(child)
            continue
        if result is cst.RemovalSentinel.REMOVE:
            continue
        several = result if isinstance(result, cst.FlattenSentinel) else (result,)
        keeps_empty = not is_body or child._is_removable()
        found.extend(new for new in several if keeps_empty or not new._is_removable())
    return tuple(found)
