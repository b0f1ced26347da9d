"""Pipeline blocks: what is executed in one does not wait for its results.

Law: a block that has been left, for whatever reason, leaves nothing to be received.
"""

from __future__ import annotations

import logging
from types import TracebackType
from typing import TYPE_CHECKING, Any

from psycopg import capabilities, errors as e, pq

from pgtwin.aio.pipelining import Pipelining

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn
    from typing_extensions import Self

    from pgtwin.aio.connection import AsyncConnection

logger = logging.getLogger("pgtwin")


class AsyncPipeline:
    """A block in which statements are sent without waiting for the one before.

    Returned by `connection.pipeline()`. Results arrive when they are asked for, at
    `sync()` and at the end of the block; so do errors. Blocks may be nested.
    """

    __module__ = "pgtwin"

    def __init__(self, connection: AsyncConnection[Any]) -> None:
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
        """Tell whether libpq knows pipelines, as it does from version 14 on."""
        return capabilities.has_pipeline()

    async def sync(self, *, timeout: float | None = None) -> None:
        """Wait until everything that was sent has its results.

        Statements before and after do not share an implicit transaction. Raises the
        first error of the server since the last time, `OperationTimeout` after
        `timeout` seconds.
        """
        session = self._session
        async with session.turn(timeout):
            session.check()
            if session.pipelining is None:
                raise e.ProgrammingError("the pipeline has ended: enter another")
            await session.pipelining.sync()

    async def __aenter__(self) -> Self:
        session = self._session
        started = None
        try:
            async with session.turn():
                capabilities.has_pipeline(check=True)
                if session.pipelining is None:
                    await session.ready()
                    started = Pipelining(session)
                    await started.start()
                    session.pipelining = started
                else:
                    session.check()
                    await session.pipelining.sync()
                session.pipelining.level += 1
            return self
        except BaseException:
            if started is not None:
                session.pipelining = None  # the block will not know that it began
                started.stop()
            raise

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        session = self._session
        pipelining = session.pipelining
        assert pipelining is not None
        try:
            async with session.turn():
                if not session.closed:
                    await pipelining.sync()
        except Exception as failure:
            if exc_val is None:
                raise
            # The error that is on its way tells more than this one.
            logger.warning("ending %r failed: %s", self, failure)
        finally:
            pipelining.level -= 1
            if not pipelining.level:
                session.pipelining = None
                pipelining.stop()
