"""Statements that commit, and what is known of them when no answer comes.

Law: nothing that may have been committed is reported as if it was not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import errors as e

from pgtwin.core.deadlines import OperationTimeout

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.aio.sessions.session import Session


async def conclude(session: Session, text: bytes) -> PGresult:
    """Execute a statement that commits, and return its result.

    Raises `TransactionResolutionUnknown` when the connection is lost before the server
    has answered, else the server's error.
    """
    await session.usable()  # what fails until here was not sent
    try:
        return await session.command(text)
    except e.OperationalError as error:
        if not session.closed or isinstance(error, OperationTimeout):
            raise
        raise e.TransactionResolutionUnknown(
            "the connection was lost before the server answered COMMIT: look whether "
            f"the transaction is committed before you repeat it; {error}"
        ) from error
