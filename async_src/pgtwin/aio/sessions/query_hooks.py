"""The query hooks of a session, and the events that they get.

They are also called for the driver's own statements (`BEGIN` ...).
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
    from pgtwin.core.type_aliases import Query


def observation(
    query: Query, hooks: Sequence[QueryHook], adaptation: Adaptation
) -> Observation:
    """Return the block for a statement that the hooks get an event for."""
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
