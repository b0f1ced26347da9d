"""Code that exists on the async side only.

`# twingen: async-only` on the first line of a file, on a decorator, or on a
statement (at the end of its line, or on a line of its own just above it) takes
that part out of the twin.
"""

from __future__ import annotations

import libcst as cst

MARKER = "# twingen: async-only"


def is_async_only_file(text: str) -> bool:
    """Tell whether a whole source is for the async side only."""
    return text.lstrip("\ufeff").startswith(MARKER)


def is_async_only(node: cst.CSTNode) -> bool:
    """Tell whether a statement or decorator carries the marker."""
    if isinstance(node, cst.Decorator):
        return _marks(node.trailing_whitespace.comment)
    if isinstance(node, cst.SimpleStatementLine):
        return _marks(node.trailing_whitespace.comment) or _marked_above(
            node.leading_lines
        )
    if isinstance(node, cst.BaseCompoundStatement):
        body = node.body
        header = body.header.comment if isinstance(body, cst.IndentedBlock) else None
        return _marks(header) or _marked_above(getattr(node, "leading_lines", ()))
    return False


def _marks(comment: cst.Comment | None) -> bool:
    return comment is not None and comment.value.startswith(MARKER)


def _marked_above(lines: object) -> bool:
    assert isinstance(lines, (list, tuple))
    return bool(lines) and _marks(lines[-1].comment)
