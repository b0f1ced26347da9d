"""What became of each statement of one source, and which rules changed what.

Every statement carries the number of the statement it was made from through the
conversion, written in the whitespace before its line end: rules work on nodes
and never look there. What nobody numbered was added by the conversion. The twin
that a trace is made of is measured and thrown away, never written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import libcst as cst

from ..rules.rule import Rule

_MARK = "\f"
_BEFORE_COMMENT = re.compile(r"\f[ \t]+(?=#)")
_AT_LINE_END = re.compile(r"\f[ \t]+$", re.MULTILINE)
_DIGITS = str.maketrans("01", " \t")
_BITS = str.maketrans(" \t", "01")


@dataclass(frozen=True)
class Part:
    """One statement, clause or decorator of the twin, in order.

    `origin` is the node of the source that it was made from; `None` was added, but for
    decorators, which stand for what they are put on.
    """

    node: cst.CSTNode
    origin: cst.CSTNode | None


class Trace:
    """Records the conversion of one module; see :class:`Part`."""

    def __init__(self) -> None:
        self.claims: list[tuple[Rule, cst.CSTNode]] = []
        self._numbered: list[cst.CSTNode] = []
        self._settled = cst.Module([])

    def claim(self, rule: Rule, node: cst.CSTNode, whole: bool = False) -> None:
        """Note that a rule replaced a node of the source, or the whole statement."""
        self.claims.append((rule, node))
        if whole:
            self.claims += [(rule, part) for part in parts_of(node)]

    def number(
        self,
        old: cst.CSTNode,
        new: cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode],
    ) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
        """Return what a node became, with the number of the node if it has one."""
        if isinstance(new, cst.RemovalSentinel) or line_end(old) is None:
            return new
        number = len(self._numbered)
        self._numbered.append(old)
        if isinstance(new, cst.FlattenSentinel):
            return cst.FlattenSentinel(
                [
                    node if _is_numbered(node) else _with_number(node, number)
                    for node in new
                ]
            )
        return _with_number(new, number)

    def settled(self, tree: cst.Module) -> None:
        """Note the converted module as it is before its layout."""
        self._settled = tree

    def without_numbers(self, text: str) -> str:
        """Return a twin without the numbers that are left where layout is off."""
        return _AT_LINE_END.sub("", _BEFORE_COMMENT.sub("  ", text))

    def parts(self) -> Iterator[Part]:
        """Yield what the twin consists of, in the order of :func:`parts_of`.

        A decorator that was added has the origin of what follows it.
        """
        finder = _Parts()
        self._settled.visit(finder)
        following: dict[cst.CSTNode, cst.CSTNode] = {}
        for node, _, _ in finder.found:
            if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
                following.update(pairwise([*node.decorators, node]))
        for node, holder, index in finder.found:
            origin = self._origin(holder)
            if origin is not None and node is not holder:
                origin = _nth(origin, index)
            after = node
            while origin is None and after in following:
                after = following[after]
                origin = self._origin(after)
            yield Part(node, origin)

    def _origin(self, holder: cst.CSTNode) -> cst.CSTNode | None:
        """Return the node that something was made from, by its number."""
        end = line_end(holder)
        text = end.whitespace.value if end is not None else ""
        if not text.startswith(_MARK):
            return None
        return self._numbered[int(text[1:].translate(_BITS), 2)]


def parts_of(tree: cst.CSTNode) -> list[cst.CSTNode]:
    """Return the statements, clauses and decorators at or below a node in order."""
    finder = _Parts()
    tree.visit(finder)
    return [node for node, _, _ in finder.found]


_HOLDERS = (
    cst.BaseCompoundStatement,
    cst.Decorator,
    cst.Else,
    cst.ExceptHandler,
    cst.ExceptStarHandler,
    cst.Finally,
    cst.MatchCase,
)


class _Parts(cst.CSTVisitor):
    """Collects parts, each with what holds its number and its place in there."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[cst.CSTNode, cst.CSTNode, int]] = []
        self._compound: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _HOLDERS):
            self.found.append((node, node, 0))
            self._compound.append(node)
        elif isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            inline = isinstance(node, cst.SimpleStatementSuite)
            holder = self._compound[-1] if inline else node
            self.found += [(part, holder, i) for i, part in enumerate(node.body)]
            return False
        return not isinstance(node, cst.BaseExpression)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, _HOLDERS):
            self._compound.pop()


def _nth(origin: cst.CSTNode, index: int) -> cst.CSTNode:
    """Return the small statement at an index of a line or of a suite."""
    line = origin
    if not isinstance(line, cst.SimpleStatementLine):
        line = getattr(origin, "body", origin)
    if not isinstance(line, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
        return origin
    return line.body[index] if index < len(line.body) else line.body[0]


def line_end(node: cst.CSTNode) -> cst.TrailingWhitespace | None:
    """Return what ends the first line of a part, or `None` for other nodes."""
    if isinstance(node, (cst.SimpleStatementLine, cst.Decorator)):
        return node.trailing_whitespace
    if isinstance(node, cst.Match):
        return node.whitespace_after_colon
    if not isinstance(node, _HOLDERS):
        return None
    body = getattr(node, "body", None)
    if isinstance(body, cst.IndentedBlock):
        return body.header
    assert isinstance(body, cst.SimpleStatementSuite)
    return body.trailing_whitespace


def _is_numbered(node: cst.CSTNode) -> bool:
    """Return whether a statement came from inside of the one that it replaces."""
    end = line_end(node)
    return end is not None and end.whitespace.value.startswith(_MARK)


def _with_number(node: cst.CSTNode, number: int) -> cst.CSTNode:
    end = line_end(node)
    assert end is not None, "a rule made something else of a statement"
    digits = cst.SimpleWhitespace(_MARK + f"{number:b}".translate(_DIGITS))
    end = end.with_changes(whitespace=digits)
    if isinstance(node, (cst.SimpleStatementLine, cst.Decorator)):
        return node.with_changes(trailing_whitespace=end)
    if isinstance(node, cst.Match):
        return node.with_changes(whitespace_after_colon=end)
    body = getattr(node, "body", None)
    if isinstance(body, cst.IndentedBlock):
        return node.with_changes(body=body.with_changes(header=end))
    assert isinstance(body, cst.SimpleStatementSuite)
    return node.with_changes(body=body.with_changes(trailing_whitespace=end))
