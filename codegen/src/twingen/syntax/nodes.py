"""The nodes of a tree: which one each is in, and all that are of a type."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import libcst as cst

from .traversal import children, parts

NodeT = TypeVar("NodeT", bound=cst.CSTNode)


class Nodes:
    """Every node of a module, plain whitespace left out, in the order of the source.

    They are distinguished by their ids, because libcst's own hash is a call in Python;
    `tree` keeps them alive.
    """

    def __init__(self, tree: cst.Module) -> None:
        self.tree = tree
        self._parents: dict[int, cst.CSTNode] = {}
        self._by_type: dict[type[cst.CSTNode], list[cst.CSTNode]] = {}
        self._all: list[cst.CSTNode] = []
        parents, by_type = self._parents, self._by_type
        waiting: list[cst.CSTNode] = [tree]
        while waiting:
            node = waiting.pop()
            self._all.append(node)
            kind = type(node)
            if kind in by_type:
                by_type[kind].append(node)
            else:
                by_type[kind] = [node]
            below = children(node)
            for child in below:
                parents[id(child)] = node
            below.reverse()
            waiting += below

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Return what a node is directly in."""
        return self._parents.get(id(node))

    def adopt(self, root: cst.CSTNode, string: cst.SimpleString) -> None:
        """Take in what a string holds: it is asked about as if it stood in there.

        `of` and the iteration go on without it; the caller keeps it alive.
        """
        waiting: list[tuple[cst.CSTNode, cst.CSTNode]] = [(root, string)]
        while waiting:
            node, parent = waiting.pop()
            self._parents[id(node)] = parent
            waiting += [(child, node) for child in children(node)]

    def innermost_first(self, only: Container[int]) -> Iterator[cst.CSTNode]:
        """Yield nodes with these ids, each after all that are in it.

        What a node is in must have its id among them, too.
        """
        around: list[cst.CSTNode] = []
        parents = self._parents
        for node in self._all:
            if id(node) not in only:
                continue
            parent = parents.get(id(node))
            while around and around[-1] is not parent:
                yield around.pop()
            around.append(node)
        yield from reversed(around)

    def __contains__(self, node: cst.CSTNode) -> bool:
        return node is self.tree or id(node) in self._parents

    def of(self, kind: type[NodeT]) -> Sequence[NodeT]:
        """Return the nodes of exactly this type."""
        return self._by_type.get(kind, ())  # type: ignore[return-value]

    @property
    def by_type(self) -> Mapping[type[cst.CSTNode], Sequence[cst.CSTNode]]:
        """All nodes, by their types."""
        return self._by_type

    def __iter__(self) -> Iterator[cst.CSTNode]:
        return iter(self._all)


def text_of(string: cst.SimpleString) -> str | bytes:
    """Return what a literal evaluates to; every rule that sees it asks."""
    return _evaluated(string.value)


@lru_cache(maxsize=1024)
def _evaluated(literal: str) -> str | bytes:
    found: str | bytes = literal_eval(literal)
    return found


def with_contents(string: cst.SimpleString, contents: str) -> cst.SimpleString:
    """Return a string with other contents between its quotes, as they are spelled."""
    prefix = string.value[: len(string.prefix)]  # which libcst has in small letters
    return string.with_changes(value=f"{prefix}{string.quote}{contents}{string.quote}")


def expression_in(string: cst.SimpleString) -> cst.BaseExpression:
    """Return the expression that a string holds, the string itself if it is text."""
    text = text_of(string)
    if not isinstance(text, str):
        return string
    try:
        return cst.parse_expression(text)
    except (cst.ParserSyntaxError, UnicodeEncodeError):  # text, or lone surrogates
        return string


def find(root: cst.CSTNode, node_type: type[NodeT]) -> list[NodeT]:
    """Return every node of exactly one type at or below another, in source order."""
    found: list[NodeT] = []
    waiting: list[Any] = [root]
    while waiting:
        node = waiting.pop()
        if type(node) is node_type:
            found.append(node)
        below = parts(node)
        below.reverse()
        waiting += below
    return found


def targets_of(node: cst.CSTNode) -> list[cst.BaseExpression]:
    """Return what a statement assigns to."""
    if isinstance(node, cst.Assign):
        return [target.target for target in node.targets]
    if isinstance(node, (cst.AnnAssign, cst.AugAssign)):
        return [node.target]
    return []
