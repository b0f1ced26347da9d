"""Transaction blocks; nested blocks are savepoints.

Blocks end in the reverse order in which they began.
"""

from __future__ import annotations

import logging
from types import TracebackType
from typing import TYPE_CHECKING, Any

from psycopg import Rollback, errors as e, pq, sql

from pgtwin.core.statements.transaction_statements import (
    OutOfOrderTransactionNesting,
    Status,
)

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn
    from typing_extensions import LiteralString, Self

    from pgtwin.aio.connections.connection import AsyncConnection

IDLE = pq.TransactionStatus.IDLE
INERROR = pq.TransactionStatus.INERROR

logger = logging.getLogger("pgtwin")


class AsyncTransaction:
    """A block that commits at its normal end, and rolls back after an error.

    `connection.transaction()` returns it. Inside another transaction the block is a
    savepoint. If `Rollback` is raised in the block, the block rolls back and no error
    leaves it. The end of the block raises `TransactionResolutionUnknown` (08007) if the
    connection is lost before the server has answered COMMIT.
    """

    __module__ = "pgtwin"
    Status = Status
    status = Status.NOT_STARTED

    def __init__(
        self,
        connection: AsyncConnection[Any],
        savepoint_name: str | None = None,
        force_rollback: bool = False,
    ) -> None:
        self._connection = connection
        self._session = connection._session
        self._savepoint_name = savepoint_name or ""
        self._outermost = False
        self._level = -1
        self.force_rollback = force_rollback

    @property
    def connection(self) -> AsyncConnection[Any]:
        """The connection on which the block runs."""
        return self._connection

    @property
    def pgconn(self) -> PGconn:
        """The libpq handle of the connection."""
        return self._session.pgconn

    @property
    def savepoint_name(self) -> str | None:
        """The name of the savepoint, empty for a transaction without one."""
        return self._savepoint_name

    def __repr__(self) -> str:
        name = f" {self._savepoint_name!r}" if self._savepoint_name else ""
        return f"<pgtwin.{type(self).__name__}{name} ({self.status.value})>"

    def __del__(self) -> None:
        if self.status is Status.ACTIVE:
            self._desert()  # a signal came before the block could be left

    async def __aenter__(self) -> Self:
        self._check_new()
        try:
            async with self._session.lock.held():
                await self._enter()
            return self
        except BaseException:
            if self.status is Status.ACTIVE:
                self._desert()  # entered, but the block will not know it
            raise

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> bool:
        try:
            async with self._session.lock.held():
                return await self._leave(exc_val)
        finally:
            if self.status is Status.ACTIVE:
                self._desert()  # interrupted before it could be left

    def _check_new(self) -> None:
        if self.status is not Status.NOT_STARTED:
            raise TypeError(
                "a transaction block is entered once: call transaction() again"
            )

    async def _enter(self) -> None:
        session = self._session
        await session.ready()
        self._outermost = session.pgconn.transaction_status == IDLE
        if self._outermost and session.depth:
            # A block that begins a transaction here would commit what its user takes
            # for a part of another.
            raise OutOfOrderTransactionNesting(
                "SQL has ended the transaction of the block around this one: leave "
                "that block before"
            )
        if not self._outermost and not self._savepoint_name:
            self._savepoint_name = f"pgtwin_{session.depth + 1}"
        self._level = session.depth
        try:
            if self._outermost:
                await session.command(session.opening())
            if self._savepoint_name:
                await session.command(self._savepoint("SAVEPOINT {}"))
        except BaseException:
            self.status = Status.FAILED
            if self._outermost:
                await self._undo()
            raise
        # Nothing that a signal may interrupt stands between these two.
        session.depth += 1
        self.status = Status.ACTIVE

    def _desert(self) -> None:
        """Count the block as left; what it has open then, the next one rolls back."""
        session = self._session
        session.depth = min(session.depth, self._level)
        session.orphaned = session.orphaned or self._outermost
        self.status = Status.FAILED

    async def _leave(self, exc_val: BaseException | None) -> bool:
        session = self._session
        in_order = session.depth == self._level + 1
        self._desert()
        # An interruption may have come before the inner block could be left.
        if not in_order and (exc_val is None or isinstance(exc_val, Exception)):
            raise OutOfOrderTransactionNesting(
                "transaction blocks are left in the wrong order: leave the inner "
                f"one before {self!r}"
            )
        if session.closed:
            if exc_val is None and session.broken:
                session.check()  # the block must not seem committed
            return False
        try:
            if exc_val is None and not self.force_rollback:
                await self._commit()
                return False
            return await self._roll_back(exc_val)
        finally:
            if session.pgconn.transaction_status == IDLE:
                # Nothing is open: what begins next, also in a pipeline, is not ours.
                session.orphaned = False

    async def _commit(self) -> None:
        session = self._session
        try:
            if self._outermost:
                result = await session.end_transaction(b"COMMIT")
            else:
                result = await session.command(self._savepoint("RELEASE {}"))
        except BaseException as error:
            await self._undo()
            # Only the server's answer shows that nothing was committed.
            if isinstance(error, e.Error) and not session.closed:
                self.status = Status.ROLLED_BACK_WITH_ERROR
            raise
        # The server answers COMMIT so when a statement of the block had failed.
        if result.command_status == b"ROLLBACK":
            self.status = Status.ROLLED_BACK_WITH_ERROR
        else:
            self.status = Status.COMMITTED

    async def _roll_back(self, error: BaseException | None) -> bool:
        explicit = isinstance(error, Rollback)
        try:
            await self._session.quiet()
            if self._outermost:
                await self._session.command(b"ROLLBACK")
            else:
                await self._roll_back_savepoint()
        except Exception as failure:
            # The error that leaves the block says more than this one.
            logger.warning("rollback of %r failed: %s", self, failure)
            return False
        if explicit or self.force_rollback:
            self.status = Status.ROLLED_BACK_EXPLICITLY
        else:
            self.status = Status.ROLLED_BACK_WITH_ERROR
        target: object = error.transaction if isinstance(error, Rollback) else error
        return explicit and (target is None or target is self)

    async def _undo(self) -> None:
        """Leave nothing open that this block had begun."""
        session = self._session
        if session.closed:
            return
        try:
            await session.quiet()
            if self._outermost:
                await session.rollback()
            elif session.pgconn.transaction_status == INERROR:
                await self._roll_back_savepoint()
        except Exception as failure:
            logger.warning("rollback of %r failed: %s", self, failure)

    async def _roll_back_savepoint(self) -> None:
        await self._session.command(self._savepoint("ROLLBACK TO {}"))
        await self._session.command(self._savepoint("RELEASE {}"))

    def _savepoint(self, words: LiteralString) -> bytes:
        statement = sql.SQL(words).format(sql.Identifier(self._savepoint_name))
        return statement.as_bytes(self._session.adaptation.transformer())
