"""Rows of a query that are received while the server still sends.

The caller holds the lock of the session from `open_rows()` to `close_rows()`, and
always calls the latter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import capabilities, errors as e, pq

from pgtwin.core.deadlines import Deadline

if TYPE_CHECKING:
    from psycopg.abc import Transformer
    from psycopg.pq.abc import PGresult

    from pgtwin.aio.sessions.session import Session
    from pgtwin.core.statements.placeholders import Binder
    from pgtwin.core.type_aliases import Params, Query

ACTIVE = pq.TransactionStatus.ACTIVE
TUPLES_OK = pq.ExecStatus.TUPLES_OK
ROWS = frozenset((pq.ExecStatus.SINGLE_TUPLE, pq.ExecStatus.TUPLES_CHUNK))
COPY = (pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH)


def check_size(size: int) -> None:
    """Raise when rows cannot be received `size` at a time.

    `ValueError` if it is less than one, `NotSupportedError` if it is more and libpq
    is older than 17.
    """
    if size < 1:
        raise ValueError(f"size must be >= 1, not {size}")
    if size > 1:
        capabilities.has_stream_chunked(check=True)


async def open_rows(
    session: Session,
    query: Query,
    params: Params | None,
    bind: Binder,
    transformer: Transformer | None,
    result_format: int,
    size: int,
) -> None:
    """Begin to execute a query whose rows are received `size` at a time."""
    await session.ready()
    statement = bind(
        query,
        params,
        transformer or session.adaptation.transformer(),
        session.adaptation.encoding,
    )
    await session.begin()
    session.exchange.send_rows(statement, result_format, size)


async def receive_rows(session: Session, limit: float | None) -> list[PGresult]:
    """Return what has come: results of `ROWS`, at the end another; then none.

    Raises `OperationTimeout` when nothing comes in `limit` seconds.
    """
    session.check()
    session.exchange.deadline = None if limit is None else Deadline(limit)
    return await session.exchange.receive()


async def end_rows(session: Session, result: PGresult) -> None:
    """End the query with the result that came after its rows.

    Raises the server's error, and `ProgrammingError` for a query without rows.
    """
    if result.status in COPY:
        await session.exchange.recover(result)
        raise e.ProgrammingError("COPY cannot be executed with stream()")
    try:
        while await session.exchange.receive():
            pass
    except e.OperationalError:
        session.check_results([result])  # the server has said before why it ends
        raise
    session.examine([result])
    if result.status != TUPLES_OK:
        raise e.ProgrammingError(
            "no rows to stream: the statement returns none, use execute()"
        )


async def close_rows(session: Session) -> None:
    """Leave nothing behind of a query, even if its rows were not all received."""
    if session.pgconn.transaction_status == ACTIVE:
        await session.exchange.recover()
    session.messages.deliver()
