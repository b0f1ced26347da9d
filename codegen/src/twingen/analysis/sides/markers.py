"""Comments that say which side a part of a source is for.

`# twingen: async-only` takes a part out of the twin, `# twingen: sync-only`
says what only the twin has; `side_trees` and `one_sided_members` say where they count.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from ...syntax.nodes import Nodes
from ...syntax.source import ASYNC_ONLY, MARK, SYNC_ONLY
from .multiline_markers import opening_comments

# Every node is asked about, and libcst's `isinstance` is a call in Python.
_STATEMENTS = {cst.SimpleStatementLine, *cst.BaseCompoundStatement.__subclasses__()}


def marks(comment: cst.Comment | None, marker: str) -> bool:
    """Return whether a comment is this marker, perhaps with more words."""
    return comment is not None and comment.value.startswith(marker)


class Markers:
    """Which statements and decorators of a tree carry a marker.

    It stands at the end of their first line, or alone on the line above.
    """

    def __init__(self, nodes: Nodes) -> None:
        self._opening = {
            holder: comment
            for holder, comment in opening_comments(nodes)
            if marks(comment, MARK)
        }

    def is_async_only(self, node: cst.CSTNode) -> bool:
        """Return whether a statement or decorator is for the async side alone."""
        return self.carries(node, ASYNC_ONLY)

    def carries(self, node: cst.CSTNode, marker: str) -> bool:
        """Return whether a statement or decorator carries one marker itself."""
        if type(node) is cst.Decorator:
            return marks(self.comment(node), marker)
        if type(node) in _STATEMENTS:
            return marks(self.comment(node), marker) or marked_above(node, marker)
        return False

    def carries_any(self, node: cst.CSTNode) -> bool:
        """Return whether a statement carries the marker of one of the sides."""
        return self.carries(node, ASYNC_ONLY) or self.carries(node, SYNC_ONLY)

    def comment(self, node: cst.CSTNode) -> cst.Comment | None:
        """Return the marker of the first line, or the comment that ends it."""
        return self._opening.get(node) or first_line_comment(node)


def first_line_comment(node: cst.CSTNode) -> cst.Comment | None:
    """Return the comment at the end of the line of a statement or branch.

    Of one that is a block, behind its colon.
    """
    if isinstance(node, (cst.SimpleStatementLine, cst.Decorator)):
        return node.trailing_whitespace.comment
    if isinstance(node, cst.Match):
        return node.whitespace_after_colon.comment
    body = getattr(node, "body", None)
    if isinstance(body, cst.IndentedBlock):
        return body.header.comment
    assert isinstance(body, cst.SimpleStatementSuite)
    return body.trailing_whitespace.comment


def marked_above(node: cst.CSTNode, marker: str) -> bool:
    """Return whether the marker stands alone on the line just above a statement."""
    lines: Sequence[cst.EmptyLine] = getattr(node, "leading_lines", ())
    return bool(lines) and marks(lines[-1].comment, marker)
