"""The modes of new transactions: autocommit, isolation level, access mode.

Nothing is executed here, except that a pipeline is synchronized. A mode applies from
the next transaction on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import IsolationLevel, pq

from pgtwin.aio.connections.property_setters import set_by_method  # twingen: async-only

if TYPE_CHECKING:
    from pgtwin.aio.sessions.session import Session

IDLE = pq.TransactionStatus.IDLE


class AsyncTransactionModes:
    """The part of a connection with the modes of its transactions."""

    __module__ = "pgtwin"
    _session: Session

    @property
    def autocommit(self) -> bool:
        """Whether each statement is a transaction of its own."""
        return self._session.autocommit

    @autocommit.setter
    @set_by_method("set_autocommit")  # twingen: async-only
    async def autocommit(self, value: bool) -> None:
        await self.set_autocommit(value)

    async def set_autocommit(self, value: bool) -> None:
        """Set `autocommit`; raises `ProgrammingError` inside a transaction."""
        session = self._session
        async with session.lock.held():
            await _check_idle(session, "setting autocommit")
            session.autocommit = bool(value)

    @property
    def isolation_level(self) -> IsolationLevel | None:
        """The isolation level of new transactions; `None` leaves it to the server."""
        return self._session.characteristics.isolation_level

    @isolation_level.setter
    @set_by_method("set_isolation_level")  # twingen: async-only
    async def isolation_level(self, value: IsolationLevel | None) -> None:
        await self.set_isolation_level(value)

    async def set_isolation_level(self, value: IsolationLevel | None) -> None:
        """Set `isolation_level`; raises `ProgrammingError` inside a transaction."""
        level = None if value is None else IsolationLevel(value)
        await self._set_characteristic("isolation_level", level)

    @property
    def read_only(self) -> bool | None:
        """Whether new transactions only read; `None` leaves it to the server."""
        return self._session.characteristics.read_only

    @read_only.setter
    @set_by_method("set_read_only")  # twingen: async-only
    async def read_only(self, value: bool | None) -> None:
        await self.set_read_only(value)

    async def set_read_only(self, value: bool | None) -> None:
        """Set `read_only`; raises `ProgrammingError` inside a transaction."""
        await self._set_characteristic("read_only", _maybe_bool(value))

    @property
    def deferrable(self) -> bool | None:
        """Whether new transactions are deferrable; `None` leaves it to the server."""
        return self._session.characteristics.deferrable

    @deferrable.setter
    @set_by_method("set_deferrable")  # twingen: async-only
    async def deferrable(self, value: bool | None) -> None:
        await self.set_deferrable(value)

    async def set_deferrable(self, value: bool | None) -> None:
        """Set `deferrable`; raises `ProgrammingError` inside a transaction."""
        await self._set_characteristic("deferrable", _maybe_bool(value))

    async def _set_characteristic(self, name: str, value: Any) -> None:
        session = self._session
        async with session.lock.held():
            await _check_idle(session, f"setting {name}")
            session.characteristics = session.characteristics._replace(**{name: value})


async def _check_idle(session: Session, what: str) -> None:
    """Raise `ProgrammingError` in a transaction, also one that a pipeline has begun."""
    session.check()
    pipelining = session.open_pipeline()
    if pipelining is not None and session.pgconn.transaction_status == IDLE:
        await pipelining.sync()  # libpq knows of it only then
    session.check_idle(what)


def _maybe_bool(value: bool | None) -> bool | None:
    return None if value is None else bool(value)
