"""What code is made of, whatever its layout."""

from __future__ import annotations

import io
import tokenize

import libcst as cst

_LAYOUT = {tokenize.COMMENT, tokenize.NL}
_LINES = {tokenize.INDENT, tokenize.NEWLINE}


def tokens_of(*nodes: cst.CSTNode) -> tuple[str, ...]:
    """Return the tokens of statements, or of one expression."""
    layout = cst.Module([])
    code = "".join(layout.code_for_node(each) for each in nodes)
    if isinstance(nodes[0], cst.BaseExpression):
        code = f"({code})"  # its own lines are none of the tokenizer's
    return tuple(
        "" if token.type in _LINES else token.string
        for token in tokenize.generate_tokens(io.StringIO(code).readline)
        if token.type not in _LAYOUT
    )
