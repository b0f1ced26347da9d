"""Comments at the end of the first of a statement's lines, inside of a bracket.

```
value = call(  # this one
    1,
)
```
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from ...syntax.nodes import Nodes

_STATEMENTS = {cst.SimpleStatementLine, *cst.BaseCompoundStatement.__subclasses__()}
# What stands behind a member of a list, so that a comment there belongs to that.
_CLOSERS = (cst.Comma, cst.RightParen, cst.RightSquareBracket, cst.RightCurlyBrace)
_AFTER_MEMBERS = ("whitespace_after_arg", "whitespace_after_param")


def opening_comments(nodes: Nodes) -> Iterator[tuple[cst.CSTNode, cst.Comment]]:
    """Yield statements and decorators of several lines with what ends the first one.

    A comment behind a parameter, an argument or an element is that one's.
    """
    for space in nodes.of(cst.ParenthesizedWhitespace):
        comment = space.first_line.comment
        if comment is None or _is_behind_member(nodes, space):
            continue
        holder = nodes.parent(space)
        while holder is not None and not _holds(holder):
            holder = nodes.parent(holder)
        if holder is None:
            continue
        first = _FirstLine()
        for child in _header(holder):
            child.visit(first)
        if first.comment is comment:
            yield holder, comment


def _header(holder: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield the parts of a statement before its body, in the order of the source."""
    for child in holder.children:
        if isinstance(child, cst.BaseSuite):
            return
        if not isinstance(child, (cst.Decorator, cst.EmptyLine)):
            yield child


def _is_behind_member(nodes: Nodes, space: cst.CSTNode) -> bool:
    around = nodes.parent(space)
    return isinstance(around, _CLOSERS) or any(
        getattr(around, field, None) is space for field in _AFTER_MEMBERS
    )


def _holds(node: cst.CSTNode) -> bool:
    return type(node) in _STATEMENTS or type(node) is cst.Decorator


class _FirstLine(cst.CSTVisitor):
    """Finds what ends the first line of what it visits."""

    def __init__(self) -> None:
        super().__init__()
        self.comment: cst.Comment | None = None
        self._ended = False

    def on_visit(self, node: cst.CSTNode) -> bool:
        if self._ended:
            return False
        if isinstance(node, cst.TrailingWhitespace):
            self._ended, self.comment = True, node.comment
        text = getattr(node, "value", "")
        self._ended |= isinstance(text, str) and "\n" in text
        return not self._ended
