"""Executes a query that was prepared before: what most programs do most of the time.

Law: nothing is done here that `Session.execute()` does not do; only what it finds out
by many calls is looked at in one straight line. Whatever is not as usual is left to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import pq

from pgtwin.aio.adapting import MANY_ROWS
from pgtwin.core.plan import KEPT_LENGTH, Statement, kept_plan
from pgtwin.core.settings import ENCODING, SETTINGS
from pgtwin.core.sizes import check_values

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.aio.session import Session
    from pgtwin.core.annotations import Query

IDLE = pq.TransactionStatus.IDLE
INTRANS = pq.TransactionStatus.INTRANS
TUPLES_OK = pq.ExecStatus.TUPLES_OK


async def execute_again(
    session: Session, query: Query, params: tuple[Any, ...]
) -> list[PGresult]:
    """Execute a query as `session.execute()` does in the format that is faster."""
    pgconn = session.pgconn
    status = pgconn.transaction_status
    prepared = session.prepared
    transformer = session._transformer
    generation = session.adapters.generation
    if (
        type(query) is not str
        or not params
        or len(query) > KEPT_LENGTH
        or not (status == INTRANS or (status == IDLE and session.autocommit))
        or transformer is None
        or session._generation != generation
        or session._closed
        or session.orphaned
        or session.hooks
        or prepared.retired
        or prepared.threshold is None
    ):
        return await session.execute(query, params, result_format=None)
    text, formats, names, _ = kept_plan(query, session.encoding)
    if names is not None or len(params) != len(formats):
        return await session.execute(query, params, result_format=None)
    values = transformer.dump_sequence(params, formats)
    check_values(values)
    types = transformer.types or ()
    sent_as = transformer.formats
    kept = prepared.find((text, types))
    columns = None if kept is None else kept.columns
    if kept is None or columns is None or kept.generation != generation or kept.many:
        statement = Statement(text, values, types, sent_as)
        return await session.run(statement, None, None)
    exchange = session.exchange
    try:
        result_format = columns.fixed
        if result_format is None:
            result_format = session.format_for(kept)
        pgconn.send_query_prepared(kept.name, values, sent_as, result_format)
        results = await exchange.results()
    finally:
        if exchange.arrived or session.listeners or session.notify_handlers:
            session.deliver()
    if (
        len(results) == 1
        and (result := results[0]).status == TUPLES_OK
        and result.ntuples < MANY_ROWS
    ):
        settings = session._settings
        if (
            pgconn.parameter_status(ENCODING) == settings[0]
            if columns.lasting
            else list(map(pgconn.parameter_status, SETTINGS)) == settings
        ):
            session.last = kept
            return results
    statement = Statement(text, values, types, sent_as)
    return await session.conclude(statement, results, kept, True, None)
