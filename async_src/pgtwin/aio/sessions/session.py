"""A session with a server: its lock, messages, adapters, statements and transaction.

The caller of a method that waits holds `lock`. The other methods never wait.
"""

from __future__ import annotations

import logging
import weakref
from typing import TYPE_CHECKING, Protocol

from psycopg import errors as e, pq

from pgtwin.aio.libpq.exchange import Exchange
from pgtwin.aio.libpq.pgconn import CLOSED, LOST, REPLICATING
from pgtwin.aio.sessions.adaptation import Adaptation
from pgtwin.aio.sessions.lock import INHERITED, SessionLock
from pgtwin.aio.sessions.notices_and_notifications import Messages
from pgtwin.aio.sessions.query_hooks import observation
from pgtwin.core.deadlines import OperationTimeout
from pgtwin.core.engine.chunked_result import CHUNK, TUPLES_CHUNK, Chunks
from pgtwin.core.engine.implementation import SessionFields
from pgtwin.core.engine.result_formats import FLOAT_DIGITS
from pgtwin.core.prepared_statements import (
    PreparedStatements,
    is_console,
    is_refused,
    is_unsupported,
)
from pgtwin.core.statements.placeholders import Binder, Statement, bind as usual_bind
from pgtwin.core.statements.query_hooks import Observation, QueryHook
from pgtwin.core.statements.transaction_statements import (
    Characteristics,
    GlobalTransaction,
)

if TYPE_CHECKING:
    from psycopg.abc import Transformer
    from psycopg.pq.abc import PGresult

    from pgtwin.aio.sessions.open_copy import OpenCopy
    from pgtwin.aio.sessions.open_pipeline import OpenPipeline
    from pgtwin.core.engine.contract import Kept
    from pgtwin.core.type_aliases import Params, Query

OK = int(pq.ConnStatus.OK)
BAD = pq.ConnStatus.BAD
ACTIVE = pq.TransactionStatus.ACTIVE
UNKNOWN = pq.TransactionStatus.UNKNOWN
IDLE = pq.TransactionStatus.IDLE
INERROR = pq.TransactionStatus.INERROR
COMMAND_OK = pq.ExecStatus.COMMAND_OK
TUPLES_OK = pq.ExecStatus.TUPLES_OK
PIPELINE_ABORTED = pq.ExecStatus.PIPELINE_ABORTED
EMPTY_QUERY = pq.ExecStatus.EMPTY_QUERY
COPY_BOTH = pq.ExecStatus.COPY_BOTH
TEXT = pq.Format.TEXT

logger = logging.getLogger("pgtwin")


class Session(SessionFields):
    """Contains everything that belongs to one connection with the server."""

    characteristics = Characteristics()
    global_transaction: GlobalTransaction | None = None
    depth = 0
    copying: weakref.ReferenceType[OpenCopy] | None = None

    def __init__(self, exchange: Exchange, owner: object) -> None:
        self.exchange = exchange
        self.pgconn = exchange.pgconn
        self.engine = exchange.engine
        self.lock = SessionLock(exchange)
        self.adaptation = Adaptation(exchange.pgconn, owner)
        self.messages = Messages(exchange, self.lock, self.adaptation)
        self._closed = False
        self.autocommit = False
        self.automatic_binary = True
        self.orphaned = False
        self.pipelining: OpenPipeline | None = None
        self.prepared = PreparedStatements()
        self.prepared.supported = not is_console(
            exchange.pgconn.parameter_status(b"server_version")
        )
        self.hooks: list[QueryHook] = []

    @property
    def inherited(self) -> bool:
        """Whether the session belongs to the process that this one was forked from."""
        return self.lock.inherited

    @property
    def closed(self) -> bool:
        """Whether nothing can be executed any more, for any reason."""
        return self._closed or self.inherited or self.exchange.closed

    @property
    def broken(self) -> bool:
        """Whether the session ended without having been closed."""
        return not self._closed and not self.inherited and self.exchange.closed

    def close(self) -> None:
        """End the session. Operations of other threads or tasks in it fail."""
        if not self.closed:
            self._closed = True  # what was lost before stays broken
        if not self.inherited:
            self.exchange.finish()  # which says good-bye to the server

    def check(self) -> None:
        """Raise `OperationalError` if nothing can be executed any more."""
        if self.lock.process.left:
            raise e.InterfaceError(INHERITED)
        if self._closed:
            raise e.OperationalError(CLOSED)
        if self.pgconn.status != OK:
            raise e.OperationalError(LOST)

    def check_outside_block(self, method: str) -> None:
        """Raise `ProgrammingError` inside a `transaction()` block."""
        if self.depth:
            raise e.ProgrammingError(
                f"{method} cannot be used inside a transaction() block: leave the "
                "block, or raise Rollback() in it"
            )

    def check_unowned(self, method: str) -> None:
        """Raise `ProgrammingError` if only other methods may end the transaction."""
        self.check_outside_block(method)
        if self.global_transaction is not None:
            raise e.ProgrammingError(
                f"{method} cannot be used inside a two-phase transaction: call "
                "tpc_commit() or tpc_rollback()"
            )

    def check_idle(self, method: str) -> None:
        """Raise `ProgrammingError` when a transaction is open."""
        self.check_unowned(method)
        status = self.pgconn.transaction_status
        if status != IDLE:
            raise e.ProgrammingError(
                f"{method} cannot be used in transaction status "
                f"{pq.TransactionStatus(status).name}: commit() or rollback() before"
            )

    def check_cancellable(self) -> None:
        """Raise `ProgrammingError` if a cancellation could not undo the operation."""
        if self.global_transaction is not None and self.global_transaction.prepared:
            raise e.ProgrammingError(
                "a two-phase transaction that is prepared cannot be cancelled: call "
                "tpc_rollback()"
            )

    def opening(self) -> bytes:
        """Return the statement that begins a transaction, if one may begin now."""
        if self.global_transaction is not None:
            raise e.ProgrammingError(
                "nothing can be executed in a two-phase transaction that has been "
                "prepared, has failed to be, or was ended by SQL: call tpc_commit() or "
                "tpc_rollback()"
            )
        return self.characteristics.begin()

    def observe(self, query: Query) -> Observation:
        """Return the block in which a statement is executed, for query hooks."""
        return observation(query, self.hooks, self.adaptation)

    async def execute(
        self,
        query: Query,
        params: Params | None = None,
        bind: Binder = usual_bind,
        prepare: bool | None = None,
        result_format: int | None = TEXT,
        transformer: Transformer | None = None,
        statement: Statement | None = None,
    ) -> list[PGresult]:
        """Execute a query, made a `statement` by `bind`, and return its results.

        Without a `result_format` it is the one that is faster, where values are the
        same. Starts a transaction before, unless in autocommit mode. Raises the
        server's error; the session can be used after, if it is not closed.
        """
        if (
            self._closed
            or self.orphaned
            or self.pgconn.transaction_status in (ACTIVE, UNKNOWN)
        ):
            await self.ready()
        if statement is None:
            transformer = transformer or self.adaptation.transformer()
            statement = bind(query, params, transformer, self.adaptation.encoding)
        if not self.autocommit and self.pgconn.transaction_status == IDLE:
            await self.command(self.opening())
        if not self.hooks:
            return await self._run(statement, prepare, result_format)
        with self.observe(query) as seen:
            results = await self._run(statement, prepare, result_format)
            seen.note(results)
        return results

    async def _run(
        self,
        statement: Statement,
        prepare: bool | None,
        result_format: int | None,
        retry: bool = True,
    ) -> list[PGresult]:
        """Execute a bound statement, prepared when it is time for that."""
        exchange = self.exchange
        prepared = self.prepared
        key = (statement.text, statement.types)
        kept = None
        may_prepare = (
            prepare is not False
            and prepared.threshold is not None
            and prepared.supported
        )
        if may_prepare:
            kept = prepared.find(key)
            if kept is None and (prepare or prepared.due(key)):
                kept = await self._prepare(statement, prepare)
                may_prepare = prepared.supported
        name = b"" if kept is None else kept.name
        wanted = result_format or TEXT
        gathered = False
        if result_format is None and may_prepare:
            known = kept or prepared.find_counted(key)
            gathered = known is not None and known.many and known.gathered
        if result_format is None and kept is not None:
            exact = gathered and await self._has_exact_floats(kept)
            wanted = self.adaptation.format_for(kept, exact)
        if gathered:
            exchange.send_rows(statement, wanted, CHUNK, name)
            results = await self._gather()
        else:
            exchange.send_statement(statement, wanted, name)
            results = await exchange.results()
        return await self.conclude(
            statement, results, kept, may_prepare, result_format, retry
        )

    async def _has_exact_floats(self, kept: Kept) -> bool:
        """Ask the server whether it sends a float8 as text without rounding it.

        It is not asked where that does not matter for the format.
        """
        columns = kept.columns
        if columns is None or columns.best == TEXT or not columns.floats:
            return False
        digits = (await self.command(FLOAT_DIGITS)).get_value(0, 0)
        return digits is not None and int(digits) > 0

    async def _gather(self) -> list[PGresult]:
        """Load rows while the server still sends others; return the whole result."""
        self.adaptation.look_at_settings()
        version = self.adaptation.version
        chunks: Chunks | None = None
        results: list[PGresult] = []
        try:
            while received := await self.exchange.receive():
                for result in received:
                    if result.status != TUPLES_CHUNK:
                        results.append(result)
                        continue
                    if chunks is None:
                        usual = self.adaptation.examine_columns(result).usual
                        chunks = Chunks(self.adaptation.new_row_loader(), early=usual)
                    chunks.add(result)
        finally:
            self.messages.deliver()
        if chunks is None or len(results) != 1 or results[0].status != TUPLES_OK:
            return results
        self.adaptation.look_at_settings()
        if self.adaptation.version != version:
            # The statement itself has set something.
            chunks.bind(self.adaptation.new_row_loader())
        return [chunks.complete(results[0])]

    async def conclude(
        self,
        statement: Statement,
        results: list[PGresult],
        kept: Kept | None,
        may_prepare: bool,
        result_format: int | None,
        retry: bool = True,
    ) -> list[PGresult]:
        """Raise the server's error, or note what the results tell and return them.

        A statement that the server no longer has is executed once more.
        """
        prepared = self.prepared
        key = (statement.text, statement.types)
        plain = len(results) == 1 and results[0].status == TUPLES_OK
        if (
            kept is not None
            and not plain
            and prepared.retire_stale(key, results)
            and retry
            and self.pgconn.transaction_status == IDLE
        ):
            # A pooler may take the session away between two messages.
            return await self._run(statement, False, result_format, False)
        if not plain:
            self.examine(results)
        if (
            kept is None
            and may_prepare
            and len(results) == 1
            and results[0].status != EMPTY_QUERY
        ):
            kept = prepared.count(key)
        adaptation = self.adaptation
        adaptation.last = None
        adaptation.lasting = False
        if plain:
            adaptation.look_at_rows(kept, results[0])
        if prepared.retired:
            await self._forget_retired()
        return results

    async def command(
        self,
        text: bytes,
        result_format: int = TEXT,
        answers: list[PGresult] | None = None,
    ) -> PGresult:
        """Execute one statement of our own and return its result.

        `answers` takes what the server has answered, if no pipeline is open.
        """
        with self.observe(text) as seen:
            await self.usable()
            pipelining = self.open_pipeline()
            if pipelining is not None:
                result = await pipelining.command(text, result_format)
            else:
                statement = Statement(text, None, (), None)
                self.exchange.send_statement(statement, result_format)
                results = await self.exchange.results(answers=answers)
                self.examine(results)
                result = results[-1]
            seen.note([result])
        return result

    async def describe(self, text: bytes) -> PGresult:
        """Return the columns of a query, as a result without rows."""
        await self.usable()
        self.examine(await self.exchange.prepare(b"", text, ()))
        results = await self.exchange.describe_prepared(b"")
        self.examine(results)
        return results[-1]

    async def describe_portal(self, name: bytes) -> PGresult:
        """Return the columns of a portal, as a result without rows."""
        self.check_no_pipeline("a server-side cursor")
        await self.usable()
        results = await self.exchange.describe_portal(name)
        self.examine(results)
        return results[-1]

    async def close_portal(self, name: bytes) -> None:
        """Close a portal, if the server has it."""
        await self.usable()
        results = await self.exchange.close_portal(name)
        self.examine(results)

    def check_no_pipeline(self, what: str) -> None:
        """Raise `NotSupportedError` in a pipeline."""
        if self.open_pipeline() is not None:
            raise e.NotSupportedError(
                f"{what} cannot be opened in a pipeline: leave its block before"
            )

    def open_pipeline(self) -> OpenPipeline | None:
        """Return the pipeline whose block is open; one that a signal left is ended."""
        pipelining = self.pipelining
        if pipelining is not None and not pipelining.level:
            pipelining.stop()
            return None
        return pipelining

    def copy_under_way(self) -> OpenCopy | None:
        """Return the COPY whose block has not been left."""
        return None if self.copying is None else self.copying()

    async def begin(self) -> None:
        """Begin a transaction, unless one is open or in autocommit mode."""
        if not self.autocommit and self.pgconn.transaction_status == IDLE:
            await self.command(self.opening())

    async def usable(self) -> None:
        """Check that a conversation can be started, and end one that was torn off."""
        pipelining = self.open_pipeline()
        self.check()
        if pipelining is not None:
            await pipelining.sync()
        elif self.pgconn.transaction_status == ACTIVE:
            if self.exchange.replicating:
                raise e.OperationalError(REPLICATING)
            # A signal may interrupt anywhere, even before a conversation is guarded.
            await self.exchange.recover()
            self.check()
        else:
            self.exchange.replicating = False

    async def ready(self) -> None:
        """Make the session usable, without a transaction that nobody owns."""
        await self.usable()
        if self.orphaned:
            self.orphaned = False
            await self.rollback()

    async def commit(self) -> None:
        """Commit the open transaction, if there is one."""
        await self.ready()
        if self.pgconn.transaction_status != IDLE:
            await self.end_transaction(b"COMMIT")

    async def end_transaction(self, text: bytes) -> PGresult:
        """Execute a statement that commits, and return its result.

        Raises `TransactionResolutionUnknown` when the connection is lost before the
        server has answered, so that nothing that may have been committed is reported
        as if it was not; else the server's error.
        """
        await self.usable()  # what fails until here was not sent
        try:
            return await self.command(text)
        except e.OperationalError as error:
            if not self.closed or isinstance(error, OperationTimeout):
                raise
            raise e.TransactionResolutionUnknown(
                "the connection was lost before the server answered COMMIT: look "
                "whether the transaction is committed before you repeat it; "
                f"{error}"
            ) from error

    async def rollback(self) -> None:
        """Roll back the open transaction, if there is one."""
        self.check()
        await self.quiet()
        if self.pgconn.transaction_status != IDLE:
            await self.command(b"ROLLBACK")

    async def quiet(self) -> None:
        """Receive the results of a pipeline, before what they are is undone."""
        pipelining = self.open_pipeline()
        if pipelining is not None:
            try:
                await pipelining.sync()
            except e.Error as error:
                if self.closed:
                    raise
                logger.info("error of a pipeline that is rolled back: %s", error)

    async def _prepare(self, statement: Statement, asked: bool | None) -> Kept | None:
        """Prepare a statement; `None` if the server cannot, and nobody asked for it."""
        name = self.prepared.new_name()
        results = await self.exchange.prepare(name, statement.text, statement.types)
        in_transaction = self.pgconn.transaction_status != IDLE
        if not asked and not in_transaction and is_refused(results):
            # A statement is parsed here, no more, and no transaction has failed: it can
            # still be executed as it was before.
            self.prepared.supported = not is_unsupported(results)
            return None
        self.examine(results)
        key = (statement.text, statement.types)
        return self.prepared.add(key, name, in_transaction)

    async def _forget_retired(self) -> None:
        retired = self.prepared.retired
        while retired and self.pgconn.transaction_status != INERROR:
            await self.exchange.close_prepared(retired.popleft())

    def examine(self, results: list[PGresult]) -> None:
        """Raise the server's error if there is one; note what commands have changed."""
        self.adaptation.look_at_settings()
        self.check_results(results)

    def check_results(self, results: list[PGresult]) -> None:
        """Do what `examine()` does, settings apart."""
        if not results:
            raise e.InternalError("the server has sent no result")
        for result in results:
            status = result.status
            if status == TUPLES_OK:
                continue
            if status == COMMAND_OK:
                self.prepared.note(result.command_status or b"")
            elif status == PIPELINE_ABORTED:
                raise e.PipelineAborted(
                    "not executed: a statement before it in the pipeline has failed"
                )
            elif status != EMPTY_QUERY and status != COPY_BOTH:
                raise e.error_from_result(result, self.adaptation.encoding)


class SessionOwner(Protocol):
    """A connection, as its pipelines see it."""

    _session: Session
