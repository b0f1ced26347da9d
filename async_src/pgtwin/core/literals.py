"""Merges parameters into the text of a statement that the server takes none for.

Law: every value goes through its dumper's quoting, none through formatting.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pgtwin.core.plan import PLACEHOLDER, Statement, bind, make_plan

if TYPE_CHECKING:
    from psycopg.abc import Transformer

    from pgtwin.core.annotations import Params, Query


def bind_merged(
    query: Query, params: Params | None, transformer: Transformer, encoding: str
) -> Statement:
    """Return a statement in whose text the parameters stand, as literals.

    Raises what `bind()` raises.
    """
    text = bind(query, None, transformer, encoding).text
    if not params:
        return Statement(text, None, (), None)
    plan = make_plan(text, encoding)
    literals = list(map(transformer.as_literal, plan.arrange(params)))
    order = {name: place for place, name in enumerate(plan.names or ())}
    in_order = iter(literals)

    def literal(match: re.Match[bytes]) -> bytes:
        name, letter = match.groups()
        if name is not None:
            return literals[order[name.decode(encoding)]]
        return b"%" if letter == b"%" else next(in_order)

    return Statement(PLACEHOLDER.sub(literal, text), None, (), None)
