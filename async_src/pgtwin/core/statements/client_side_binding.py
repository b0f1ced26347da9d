"""Statements that contain the parameters in their text, as literals.

The returned statement has no parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.sql import Composable

from pgtwin.core.statements.placeholders import (
    KEPT_LENGTH,
    Statement,
    check_template,
    encoded,
    kept_plan,
    make_plan,
)
from pgtwin.core.statements.size_limits import check_text
from pgtwin.core.statements.templates import convert

if TYPE_CHECKING:
    from psycopg.abc import Transformer

    from pgtwin.core.type_aliases import Params, Query


def bind_merged(
    query: Query, params: Params | None, transformer: Transformer, encoding: str
) -> Statement:
    """Return a statement that contains the parameters in its text, as literals.

    Raises the same errors as `bind()`.
    """
    if not isinstance(query, (str, bytes, Composable)):
        check_template(query, params)
        text = convert(query, transformer, encoding, merge=True).text
        check_text(text)
        return Statement(text, None, (), None)
    text = encoded(query, transformer, encoding)
    if params is not None:
        plan = (kept_plan if len(text) <= KEPT_LENGTH else make_plan)(text, encoding)
        literals = [transformer.as_literal(value) for value in plan.arrange(params)]
        text = b"".join(
            literals[piece] if isinstance(piece, int) else piece
            for piece in plan.pieces
        )
    check_text(text)
    return Statement(text, None, (), None)
