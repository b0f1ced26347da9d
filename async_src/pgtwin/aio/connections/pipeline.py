"""Pipeline blocks: statements in a block are sent without waiting for results.

When a block has ended, for any reason, no results are left to be received.
"""

from __future__ import annotations

import logging
from types import TracebackType
from typing import TYPE_CHECKING

from psycopg import capabilities, errors as e, pq

from pgtwin.aio.sessions.pipeline_exchange import PipelineExchange

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn
    from typing_extensions import Self

    from pgtwin.aio.sessions.open_pipeline import OpenPipeline
    from pgtwin.aio.sessions.session import SessionOwner

logger = logging.getLogger("pgtwin")


class AsyncPipeline:
    """A block in which statements are sent without waiting for results.

    `connection.pipeline()` returns it. Results and errors arrive when they are fetched,
    at `sync()`, and at the end of the block. Blocks may be nested. If the connection
    was closed in the block, the end of the block raises `OperationalError`, because it
    is not known what the server has executed.
    """

    __module__ = "pgtwin"
    _entered = 0  # how many blocks are open

    def __init__(self, connection: SessionOwner) -> None:
        self._connection = connection
        self._session = connection._session

    def __repr__(self) -> str:
        status = self.status.name
        return f"<pgtwin.{type(self).__name__} [{status}] of {self._connection}>"

    @property
    def status(self) -> pq.PipelineStatus:
        """Whether the connection is in pipeline mode, or its pipeline was aborted."""
        return pq.PipelineStatus(self._session.pgconn.pipeline_status)

    @property
    def pgconn(self) -> PGconn:
        """The libpq handle of the connection."""
        return self._session.pgconn

    @classmethod
    def is_supported(cls) -> bool:
        """Return whether libpq supports pipelines, as it does from version 14 on."""
        return capabilities.has_pipeline()

    async def sync(self, *, timeout: float | None = None) -> None:
        """Wait until the results of all statements have arrived.

        Statements before and after it do not share an implicit transaction. Raises the
        first error of the server since the last call, or `OperationTimeout` after
        `timeout` seconds.
        """
        session = self._session
        async with session.lock.held(timeout):
            session.check()
            if session.pipelining is None:
                raise e.ProgrammingError("the pipeline has ended: enter another")
            await session.pipelining.sync()

    def __del__(self) -> None:
        if self._entered and self._session.pipelining is not None:
            # A signal came before the block could be left.
            self._session.pipelining.level -= self._entered

    async def __aenter__(self) -> Self:
        session = self._session
        async with session.lock.held():
            capabilities.has_pipeline(check=True)
            pipelining = session.open_pipeline()
            if pipelining is None:
                await session.ready()
                pipelining = PipelineExchange(session)
                await pipelining.start()
            else:
                session.check()
                await pipelining.sync()
            # Nothing that a signal may interrupt stands between these two.
            pipelining.level += 1
            self._entered += 1
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        session = self._session
        pipelining = session.pipelining
        assert pipelining is not None
        entered = self._entered
        try:
            async with session.lock.held():
                try:
                    await pipelining.sync()
                finally:
                    self._leave(pipelining)
                    session.open_pipeline()  # the last block ends it
        except Exception as failure:
            if exc_val is None:
                raise
            # The error that leaves the block says more than this one.
            logger.warning("ending %r failed: %s", self, failure)
        finally:
            if self._entered == entered:
                self._leave(pipelining)  # interrupted while another held the lock

    def _leave(self, pipelining: OpenPipeline) -> None:
        pipelining.level -= 1
        self._entered -= 1
