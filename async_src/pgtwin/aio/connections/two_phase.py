"""The end of transactions, in one phase, or in two phases across several servers.

Only the `tpc_*()` methods end a transaction that `tpc_begin()` has begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from psycopg import Xid, errors as e, pq, sql

from pgtwin.core.statements.transaction_statements import GlobalTransaction
from pgtwin.core.type_catalog import decoded, sent_text

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.aio.sessions.session import Session

IDLE = pq.TransactionStatus.IDLE
INTRANS = pq.TransactionStatus.INTRANS
INERROR = pq.TransactionStatus.INERROR

PREPARED = (
    f"SELECT prepared, {sent_text('gid')}, {sent_text('owner')}, "
    f"{sent_text('database')} FROM pg_catalog.pg_prepared_xacts"
).encode()


class AsyncTwoPhase:
    """The part of a connection that ends transactions (PEP 249)."""

    __module__ = "pgtwin"
    _session: Session

    async def commit(self, *, timeout: float | None = None) -> None:
        """Commit the open transaction, if there is one.

        After `OperationTimeout`, which is raised after `timeout` seconds, the
        transaction may be committed. So it may after `TransactionResolutionUnknown`
        (08007), which is raised if the connection is lost before the server has
        answered. Raises `ProgrammingError` inside a `transaction()` block and in a
        two-phase transaction.
        """
        session = self._session
        async with session.lock.held(timeout):
            session.check()
            session.check_unowned("commit()")
            await session.commit()

    async def rollback(self, *, timeout: float | None = None) -> None:
        """Roll back the open transaction, if there is one.

        Raises `OperationTimeout` after `timeout` seconds, and `ProgrammingError` inside
        a `transaction()` block and in a two-phase transaction.
        """
        session = self._session
        async with session.lock.held(timeout):
            session.check()
            session.check_unowned("rollback()")
            await session.rollback()

    def xid(self, format_id: int, gtrid: str, bqual: str) -> Xid:
        """Return an identifier for a two-phase transaction (PEP 249, XA).

        `format_id` is a number below 2**31; `gtrid`, the global transaction, and
        `bqual`, the branch, are at most 64 characters. Raises `ValueError` otherwise.
        """
        return Xid.from_parts(format_id, gtrid, bqual)

    async def tpc_begin(self, xid: Xid | str) -> None:
        """Begin a two-phase transaction.

        Raises `ProgrammingError` in autocommit mode and inside any transaction.
        """
        session = self._session
        async with session.lock.held():
            await session.ready()
            session.check_idle("tpc_begin()")
            if session.autocommit:
                raise e.ProgrammingError(
                    "tpc_begin() cannot be used in autocommit mode: call "
                    "set_autocommit(False) before"
                )
            await session.command(session.opening())
            session.global_transaction = GlobalTransaction(_parsed(xid))

    async def tpc_prepare(self) -> None:
        """Execute the first phase: the server keeps the transaction until the second.

        Afterwards `tpc_commit()` or `tpc_rollback()` can be called. The latter also
        ends the transaction if this method was interrupted, whether it is prepared or
        not. Raises `ProgrammingError` if no two-phase transaction was begun, or if it
        is already prepared, and `NotSupportedError` if `max_prepared_transactions` of
        the server is zero.
        """
        session = self._session
        async with session.lock.held():
            session.check()
            begun = session.global_transaction
            if begun is None:
                raise e.ProgrammingError(
                    "tpc_prepare() without a two-phase transaction: call tpc_begin() "
                    "before"
                )
            if begun.prepared:
                raise e.ProgrammingError(
                    "the two-phase transaction is prepared already: call tpc_commit() "
                    "or tpc_rollback()"
                )
            answers: list[PGresult] = []
            # Also if it is never known what the server has made of it.
            session.global_transaction = begun._replace(prepared=True, sure=False)
            try:
                encoding = session.adaptation.encoding
                text = _prepared("PREPARE TRANSACTION", begun.xid, encoding)
                result = await session.command(text, answers=answers)
            except e.Error as error:
                if error.sqlstate:
                    session.global_transaction = begun
                else:
                    self._note_prepared(begun, answers)
                if isinstance(error, e.ObjectNotInPrerequisiteState):
                    raise e.NotSupportedError(str(error)) from None
                raise
            except BaseException:
                self._note_prepared(begun, answers)
                raise
            session.global_transaction = begun._replace(prepared=True)
            if result.command_status == b"ROLLBACK":
                session.global_transaction = begun
                raise e.ProgrammingError(
                    "nothing was prepared: a statement had failed, so the server has "
                    "rolled the transaction back; call tpc_rollback()"
                )

    def _note_prepared(
        self, begun: GlobalTransaction, answers: Sequence[PGresult]
    ) -> None:
        """Note what became of a transaction whose preparation was interrupted."""
        session = self._session
        if answers:
            done = answers[-1].command_status == b"PREPARE TRANSACTION"
            session.global_transaction = begun._replace(prepared=done)
        elif session.pgconn.transaction_status in (INTRANS, INERROR):
            session.global_transaction = begun

    async def tpc_commit(self, xid: Xid | str | None = None) -> None:
        """Commit this connection's two-phase transaction, or another prepared one.

        Without `xid`, a transaction that was not prepared is committed in one phase.
        With an `xid`, for example from `tpc_recover()`, this connection must not have a
        two-phase transaction. Raises `ProgrammingError` otherwise, and in a
        `transaction()` block if the transaction was not prepared.
        """
        await self._finish("COMMIT", xid)

    async def tpc_rollback(self, xid: Xid | str | None = None) -> None:
        """Roll back this connection's two-phase transaction, or another prepared one.

        It has the parameters of `tpc_commit()`, and raises the same errors.
        """
        await self._finish("ROLLBACK", xid)

    async def tpc_recover(self) -> list[Xid]:
        """Return the transactions that are prepared on the server, in all databases.

        They can be passed to `tpc_commit()` and `tpc_rollback()`. The transaction
        status of the connection does not change.
        """
        session = self._session
        async with session.lock.held():
            await session.ready()
            result = await session.command(PREPARED)
            moments = session.adaptation.load(result, result.ntuples, _first)
        return [_recovered(moment, result, row) for row, moment in enumerate(moments)]

    async def _finish(
        self, action: Literal["COMMIT", "ROLLBACK"], xid: Xid | str | None
    ) -> None:
        session = self._session
        method = f"tpc_{action.lower()}()"
        async with session.lock.held():
            session.check()
            begun = session.global_transaction
            if xid is not None:
                if begun is not None:
                    raise e.ProgrammingError(
                        f"{method} with an xid cannot be used inside a two-phase "
                        "transaction: end it before, without an xid"
                    )
                await session.ready()
                await self._second_phase(action, _parsed(xid))
                return
            if begun is None:
                raise e.ProgrammingError(
                    f"{method} without an xid is for a two-phase transaction: call "
                    "tpc_begin() before, or say which one"
                )
            if not begun.prepared:
                session.check_outside_block(method)
            await session.usable()
            if begun.prepared:
                if action == "COMMIT":
                    # If this is interrupted, a rollback that finds nothing may be late.
                    session.global_transaction = begun._replace(sure=True)
                try:
                    await self._second_phase(action, begun.xid)
                except e.UndefinedObject:
                    # It was never prepared, or an interrupted call has ended it.
                    session.global_transaction = None
                    if action == "ROLLBACK" and not begun.sure:
                        return
                    raise
                session.global_transaction = None
                return
            session.global_transaction = None
            if action == "ROLLBACK":
                await session.rollback()
            elif session.pgconn.transaction_status == IDLE:
                raise e.ProgrammingError(
                    "nothing to commit: the server has rolled the transaction back "
                    "when tpc_prepare() failed"
                )
            else:
                await session.commit()

    async def _second_phase(
        self, action: Literal["COMMIT", "ROLLBACK"], xid: Xid
    ) -> None:
        text = _prepared(f"{action} PREPARED", xid, self._session.adaptation.encoding)
        if action == "COMMIT":
            await self._session.end_transaction(text)
        else:
            await self._session.command(text)


def _parsed(xid: Xid | str) -> Xid:
    return xid if isinstance(xid, Xid) else Xid.from_string(xid)


def _prepared(words: str, xid: Xid, encoding: str) -> bytes:
    text = f"{words} {sql.Literal(str(xid)).as_string()}"
    # Of SQL_ASCII nobody knows the encoding: see `core.catalog`.
    codec = "utf-8" if encoding == "ascii" else encoding
    return text.encode(codec, "surrogateescape")


def _first(values: Sequence[Any]) -> Any:
    return values[0]


def _recovered(prepared: Any, result: PGresult, row: int) -> Xid:
    gid, owner, database = (
        decoded(bytes(result.get_value(row, place) or b"")) for place in (1, 2, 3)
    )
    return replace(
        Xid.from_string(gid), prepared=prepared, owner=owner, database=database
    )
