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

_STATEMENTS = {cst.SimpleStatementLine, *cst.BaseCompoundStatement.__subclasses__()}
# What stands behind a member of a list, so that a comment there belongs to that.
_CLOSERS = (cst.Comma, cst.RightParen, cst.RightSquareBracket, cst.RightCurlyBrace)
_AFTER_MEMBERS = ("whitespace_after_arg", "whitespace_after_param")


def opening_comments(tree: cst.Module) -> Iterator[tuple[cst.CSTNode, cst.Comment]]:
    """Yield statements and decorators of several lines with what ends the first one.

    A comment behind a parameter, an argument or an element is that one's.
    """
    finder = _Finder()
    tree.visit(finder)
    for holder, comment in finder.found:
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


class _Finder(cst.CSTVisitor):
    """Collects the comments in brackets that are not those of a member."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[cst.CSTNode, cst.Comment]] = []
        self._above: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        self._above.append(node)
        if isinstance(node, cst.ParenthesizedWhitespace):
            comment = node.first_line.comment
            if comment is not None and not self._is_behind_member(node):
                holders = (each for each in reversed(self._above) if _holds(each))
                self.found += [
                    (each, comment) for each in (next(holders, None),) if each
                ]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self._above.pop()

    def _is_behind_member(self, space: cst.CSTNode) -> bool:
        around = self._above[-2]
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
