"""Code that exists on the async side only.

`# twingen: async-only` on the first line of a file, on a decorator, or on a
statement (at the end of its line, or on a line of its own just above it) takes
that part out of the twin. A marker that takes nothing out is refused by the
rule `comment`.
"""

from __future__ import annotations

import libcst as cst

MARKER = "# twingen: async-only"

# What can carry the marker.
MARKED_TYPES = frozenset(
    {
        cst.Decorator,
        cst.SimpleStatementLine,
        *(cst.If, cst.For, cst.While, cst.Try, cst.TryStar, cst.With, cst.Match),
        *(cst.FunctionDef, cst.ClassDef),
    }
)


def is_async_only_file(text: str) -> bool:
    """Tell whether a whole source is for the async side only."""
    return text.lstrip("\ufeff").startswith(MARKER)


def is_async_only(node: cst.CSTNode) -> bool:
    """Tell whether a statement or decorator carries the marker.

    An `elif` cannot: the branches after it belong to it.
    """
    if type(node) not in MARKED_TYPES:
        return False
    if isinstance(node, cst.Decorator):
        return _marks(node.trailing_whitespace.comment)
    if isinstance(node, cst.SimpleStatementLine):
        return _marks(node.trailing_whitespace.comment) or _marked_above(
            node.leading_lines
        )
    assert isinstance(node, cst.BaseCompoundStatement)
    return _marks(_first_line_comment(node)) or _marked_above(
        getattr(node, "leading_lines", ())
    )


def _first_line_comment(node: cst.BaseCompoundStatement) -> cst.Comment | None:
    if isinstance(node, cst.Match):
        return node.whitespace_after_colon.comment
    if isinstance(node.body, cst.IndentedBlock):
        return node.body.header.comment
    assert isinstance(node.body, cst.SimpleStatementSuite)
    return node.body.trailing_whitespace.comment


def _marks(comment: cst.Comment | None) -> bool:
    return comment is not None and comment.value.startswith(MARKER)


def _marked_above(lines: object) -> bool:
    assert isinstance(lines, (list, tuple))
    return bool(lines) and _marks(lines[-1].comment)
