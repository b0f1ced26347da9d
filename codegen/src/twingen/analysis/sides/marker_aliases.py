"""Comments of the project that mean what twingen's own markers do.

`if True:  # ASYNC` has an `else` that is for the twin: nobody else enters it. So is
the body of `if False:  # ASYNC`.
"""

from __future__ import annotations

import libcst as cst

from ...syntax.source import ASYNC_ONLY, SYNC_ONLY
from .markers import first_line_comment, marks
from .side_configuration import SideTable


def with_markers(tree: cst.Module, table: SideTable, used: set[str]) -> cst.Module:
    """Return a module in which the project's comments are twingen's markers.

    The rows that it has are added to `used`. Nothing but comments changes, so that
    every node stands where it stood.
    """
    if not table.comments:
        return tree
    marked = tree.visit(_Marker(table.comments, used))
    assert isinstance(marked, cst.Module)
    return marked


class _Marker(cst.CSTTransformer):
    """Writes the markers that comments stand for."""

    def __init__(self, comments: dict[str, str], used: set[str]) -> None:
        super().__init__()
        self._comments = comments
        self._used = used

    def leave_Comment(
        self, original_node: cst.Comment, updated_node: cst.Comment
    ) -> cst.Comment:
        marker = self._comments.get(original_node.value.rstrip())
        if marker is None:
            return updated_node
        self._used.add(original_node.value.rstrip())
        return updated_node.with_changes(value=marker)

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> cst.If:
        before, after = map(first_line_comment, (original_node, updated_node))
        other = updated_node.orelse
        is_ours = before is not None and before.value.rstrip() in self._comments
        if is_ours and _is_literal(original_node.test, "False"):
            marker = ASYNC_ONLY if marks(after, SYNC_ONLY) else SYNC_ONLY
            marked = _with_comment(updated_node.body, cst.Comment(marker))
            return updated_node.with_changes(body=marked)
        if not (is_ours and marks(after, ASYNC_ONLY) and isinstance(other, cst.Else)):
            return updated_node
        if marks(first_line_comment(other), SYNC_ONLY):
            return updated_node
        marked = _with_comment(other.body, cst.Comment(SYNC_ONLY))
        return updated_node.with_changes(orelse=other.with_changes(body=marked))


def _is_literal(test: cst.BaseExpression, value: str) -> bool:
    return isinstance(test, cst.Name) and test.value == value


def _with_comment(body: cst.BaseSuite, comment: cst.Comment) -> cst.BaseSuite:
    place = "header" if isinstance(body, cst.IndentedBlock) else "trailing_whitespace"
    ending = getattr(body, place).with_changes(
        comment=comment, whitespace=cst.SimpleWhitespace("  ")
    )
    return body.with_changes(**{place: ending})
