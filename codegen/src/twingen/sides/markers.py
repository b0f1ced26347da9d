"""Comments that say which side a part of a source is for.

`# twingen: async-only` takes a part out of the twin, `# twingen: sync-only`
says what only the twin has; `sides` and `side_members` say where they count.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from ..syntax.source import ASYNC_ONLY, SYNC_ONLY

# Every node is asked about, and libcst's `isinstance` is a call in Python.
_STATEMENTS = {cst.SimpleStatementLine, *cst.BaseCompoundStatement.__subclasses__()}


def marks(comment: cst.Comment | None, marker: str) -> bool:
    """Tell whether a comment is this marker, perhaps with more words."""
    return comment is not None and comment.value.startswith(marker)


def is_async_only(node: cst.CSTNode) -> bool:
    """Tell whether a statement or decorator carries the marker itself."""
    return is_marked(node, ASYNC_ONLY)


def is_marked(node: cst.CSTNode, marker: str) -> bool:
    """Tell whether a statement or decorator carries one marker itself."""
    if type(node) is cst.Decorator:
        return marks(node.trailing_whitespace.comment, marker)
    if type(node) in _STATEMENTS:
        return marks(first_line_comment(node), marker) or marked_above(node, marker)
    return False


def is_marked_at_all(node: cst.CSTNode) -> bool:
    """Tell whether a statement carries the marker of one of the sides."""
    return is_marked(node, ASYNC_ONLY) or is_marked(node, SYNC_ONLY)


def first_line_comment(node: cst.CSTNode) -> cst.Comment | None:
    """Return the comment at the end of the first line of a statement or branch."""
    if isinstance(node, cst.SimpleStatementLine):
        return node.trailing_whitespace.comment
    if isinstance(node, cst.Match):
        return node.whitespace_after_colon.comment
    body = getattr(node, "body", None)
    if isinstance(body, cst.IndentedBlock):
        return body.header.comment
    assert isinstance(body, cst.SimpleStatementSuite)
    return body.trailing_whitespace.comment


def marked_above(node: cst.CSTNode, marker: str) -> bool:
    """Tell whether the marker stands alone on the line just above a statement."""
    lines: Sequence[cst.EmptyLine] = getattr(node, "leading_lines", ())
    return bool(lines) and marks(lines[-1].comment, marker)
