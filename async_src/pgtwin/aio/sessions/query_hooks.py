"""Query hooks of a session: what they are told of each statement.

The driver's own statements (`BEGIN` ...) are told, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from psycopg.sql import Composable

from pgtwin.aio.sessions.adaptation import Adaptation
from pgtwin.core.statements.query_hooks import (
    UNOBSERVED,
    Observation,
    Observed,
    QueryHook,
)
from pgtwin.core.statements.templates import convert

if TYPE_CHECKING:
    from pgtwin.core.annotations import Query


def observation(
    query: Query, hooks: Sequence[QueryHook], adaptation: Adaptation
) -> Observation:
    """Return the block in which a statement is executed, which hooks are told of."""
    return Observed(hooks, _text(query, adaptation)) if hooks else UNOBSERVED


def _text(query: Query, adaptation: Adaptation) -> str:
    """Return the query as the caller has written it: it holds no values."""
    if isinstance(query, str):
        return query
    if isinstance(query, bytes):
        text = query
    elif isinstance(query, Composable):
        text = query.as_bytes(adaptation.new_transformer())
    else:
        text = convert(query, adaptation.new_transformer(), adaptation.encoding).text
    return text.decode(adaptation.encoding, "replace")
