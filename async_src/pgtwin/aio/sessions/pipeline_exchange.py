"""The messages in a pipeline: statements are sent, and results arrive later, in order.

The caller holds the lock of the session. The code that sends a statement is its owner.
It receives the results, or is informed that there will be none.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import TYPE_CHECKING

from psycopg import capabilities, errors as e, pq
from psycopg.sql import Composable

from pgtwin.aio.libpq.pgconn import NOT_EXECUTED
from pgtwin.aio.sessions.open_pipeline import Executions, OpenPipeline
from pgtwin.aio.sessions.pipeline_results import (
    Closing,
    Command,
    Execution,
    Owner,
    Preparation,
)
from pgtwin.core.server_settings import changes_settings
from pgtwin.core.statements.placeholders import (
    Bound,
    Statement,
    bind as usual_bind,
    bind_each,
)
from pgtwin.core.statements.query_hooks import UNOBSERVED, Observation

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.aio.sessions.session import Session
    from pgtwin.core.adaptation.adapters import Adapters
    from pgtwin.core.engine.contract import Kept
    from pgtwin.core.engine.implementation import (
        BatchState,
        OwnerState,
        ResultState,
    )
    from pgtwin.core.type_aliases import Params

OK = pq.ConnStatus.OK
IDLE = pq.TransactionStatus.IDLE
TUPLES_OK = int(pq.ExecStatus.TUPLES_OK)
TEXT = pq.Format.TEXT
COMMIT = b"COMMIT"
ROLLBACK = b"ROLLBACK"
PIPELINE_SYNC = pq.ExecStatus.PIPELINE_SYNC
COPY_IN = pq.ExecStatus.COPY_IN
COPY_OUT = pq.ExecStatus.COPY_OUT
COPY_BOTH = pq.ExecStatus.COPY_BOTH
COPY = (COPY_IN, COPY_OUT, COPY_BOTH)

# Statements between two looks at what has come back: the server stops reading when
# nobody reads its answers. It works meanwhile, so that it is given the first ones soon.
TURN = 25
# The same of executemany(), whose statements take the server longer than the client.
LONG_TURN = 100


class PipelineExchange(OpenPipeline):
    """Keeps a session in pipeline mode, and the owners of what was sent."""

    def __init__(self, session: Session) -> None:
        super().__init__(Execution)
        self._session = session
        self._pgconn = session.pgconn
        self._engine = session.engine
        self._failed = False  # whether something since the last sync has failed
        self.error: e.Error | None = None

    async def start(self) -> None:
        """Put the session, which is at rest, into pipeline mode.

        Whoever calls it calls `stop()` in any case. A signal may come before that:
        unless `level` counts a block then, the next operation does it.
        """
        exchange = self._session.exchange
        if exchange.streamed:
            # libpq forgets single-row mode when the next query is sent, but not in a
            # pipeline.
            await exchange.query(b"")
            exchange.streamed = False
        self._session.pipelining = self
        self._pgconn.enter_pipeline_mode()

    def stop(self) -> None:
        """Leave pipeline mode; a session that is not at rest is given up."""
        session = self._session
        settled = not self.begun
        self._drop(e.PipelineAborted("the pipeline was left before the results came"))
        if not session.closed:
            try:
                self._pgconn.exit_pipeline_mode()
            except e.OperationalError:
                settled = False
            if not settled:
                session.exchange.give_up()
        session.pipelining = None

    def begin(self) -> None:
        """Start a transaction if that is to be done before the next statement."""
        session = self._session
        if self.begun:
            return  # libpq knows the transaction's status at a sync only
        self.begun = True
        if not session.autocommit and self._pgconn.transaction_status == IDLE:
            text = session.opening()
            self._pgconn.send_query_params(text, None)
            self.owners.append(Owner(session, None, session.observe(text)))

    def prepared(
        self, text: bytes, types: tuple[int, ...], prepare: bool | None
    ) -> Kept | None:
        """Return what is kept of a prepared statement, prepared now if it is time."""
        session = self._session
        prepared = session.prepared
        if prepare is False or prepared.threshold is None:
            return None
        key = (text, types)
        kept = prepared.find(key)
        if kept is None:
            if not (prepare or prepared.due(key)):
                prepared.count(key)
                return None
            name = prepared.new_name()
            self._pgconn.send_prepare(name, text, types)
            kept = prepared.add(key, name, self._pgconn.transaction_status != IDLE)
            self.owners.append(Preparation(session, kept))
            if prepared.retired:
                self._close_retired()
        return kept

    def _close_retired(self) -> None:
        """Let the server forget statements, after what was sent of them before."""
        retired = self._session.prepared.retired
        while retired:
            name = retired.popleft()
            if capabilities.has_send_close_prepared():
                self._pgconn.send_close_prepared(name)
            else:
                self._pgconn.send_query_params(b"DEALLOCATE " + name, None)
            self.owners.append(Closing(self._session, name))

    async def execute(
        self,
        statement: Statement,
        cursor: ResultState,
        seen: Observation,
        prepare: bool | None,
        result_format: int | None,
    ) -> None:
        """Send a statement, whose results a cursor is owed.

        The other parameters are those of `Session.execute()`.
        """
        kept = await self._send(statement, prepare, result_format)
        self.owe(self._session, cursor, kept, seen)
        await self.go_on(changes_settings(statement.text))

    async def go_on(self, changing: bool) -> None:
        """Send what was left for later, if it is time, and receive what has come of it.

        `changing` says that the last statement may change settings. Raises the first
        error.
        """
        if changing:
            # The server reports the new ones at a synchronization only, and values that
            # come or are sent before it would be read or written by the old ones.
            await self.sync()
        elif self.unseen >= TURN:
            await self._converse(_now)
            self._raise()

    async def _send(
        self, statement: Statement, prepare: bool | None, result_format: int | None
    ) -> Kept | None:
        """Send a statement; return what is kept of it if it is prepared."""
        session = self._session
        if session.orphaned:
            await session.ready()
        session.check()
        self.begin()
        if session.prepared.retired:
            self._close_retired()
        kept = self.prepared(statement.text, statement.types, prepare)
        if kept is None:
            self._pgconn.send_query_params(*statement, result_format or TEXT)
            return None
        if result_format is None:
            result_format = session.adaptation.format_for(kept)
        session.exchange.send_statement(statement, result_format, kept.name)
        return kept

    async def execute_many(self, executions: Executions, batch: BatchState) -> None:
        """Send a statement for each set of parameters, until one has failed."""
        session = self._session
        if session.orphaned:
            await session.ready()
        session.check()
        self.begin()
        bind_one, adapters = self._bind_each(executions)
        engine = self._engine
        number, most = 0, LONG_TURN
        names: dict[tuple[int, ...], bytes | None] = {}
        each = iter(executions.params_seq)
        for params in each:
            bound: tuple[Params, Bound] | None = (params, bind_one(params))
            while bound is not None:
                text, _, types, _ = bound[1]
                if types not in names:
                    before = len(self.owners)
                    kept = self.prepared(text, types, executions.prepare)
                    if len(self.owners) > before:
                        names.clear()  # others may not be prepared any more
                    names[types] = None if kept is None else kept.name
                    batch.under(kept)
                most = LONG_TURN - number % LONG_TURN
                engine.sent = 0
                try:
                    bound = engine.send_many(
                        bind_one,
                        bound,
                        names,
                        each,
                        executions.result_format,
                        most,
                        adapters,
                    )
                finally:
                    self.owners.extend(repeat(batch, engine.sent))
                number += engine.sent
            if engine.sent < most:
                break  # there are no more
            await self._converse(_now)
            if self.error is not None:
                break
        batch.expect(number)
        self._raise()

    def _bind_each(
        self, executions: Executions
    ) -> tuple[Callable[[Params], Bound], Adapters | None]:
        """Return what binds the query of a batch, and the adapters if it is plain."""
        query, _, bind, transformer, adapters, *_ = executions
        encoding = self._session.adaptation.encoding
        if bind is usual_bind and isinstance(query, (str, bytes, Composable)):
            bind_one, plain = bind_each(query, transformer, encoding)
            return bind_one, adapters if plain and encoding == "utf-8" else None
        return lambda params: bind(query, params, transformer, encoding), None

    async def interrupt(self, error: BaseException) -> None:
        """Cancel what is under way because of an error, and receive nothing of it."""
        await self._session.exchange.recover()
        self._drop(error)

    async def command(self, text: bytes, result_format: int = 0) -> PGresult:
        """Execute a statement of our own and return its result."""
        received = Command(self._session, None, UNOBSERVED)
        self.begun = True
        self._pgconn.send_query_params(text, None, result_format=result_format)
        self.owners.append(received)
        await self.sync()
        return received.results[-1]

    async def sync(self) -> None:
        """End what is under way, and receive all results. Raises the first error.

        Raises `OperationalError` too when the session is closed: what it still owes
        will never come.
        """
        self._session.check()
        if self.begun:
            self._pgconn.pipeline_sync()
            self.begun = False
            self._session.exchange.syncs += 1
            self.owners.append(None)
        if self.owners:
            await self._converse(self._all_done)
            if self._pgconn.transaction_status == IDLE:
                # As after a COMMIT or ROLLBACK, which the server does not report.
                self._session.prepared.note(ROLLBACK if self._failed else COMMIT)
            self._failed = False
        self._raise()

    async def receive(self, owner: OwnerState | BatchState) -> None:
        """Wait until an owner has its results. Raises the first error on the way."""
        if not owner.done:
            self._session.check()
            self._pgconn.send_flush_request()
            await self._converse(lambda: owner.done)
        self._raise()

    async def receive_all(self) -> None:
        """Wait for the results of what was sent. Raises the first error on the way."""
        if self.owners:
            self._session.check()
            self._pgconn.send_flush_request()
            await self._converse(self._all_done)
        self._raise()

    async def _converse(self, done: Callable[[], bool]) -> None:
        """Send everything, then hand results out until it is enough."""
        self.unseen = 0
        session = self._session
        exchange = session.exchange
        engine = self._engine

        def collected() -> bool:
            engine.collect(self)
            return done()

        try:
            await exchange.send_until(collected)
        except BaseException as error:
            self._drop(error)
            raise
        finally:
            if engine.noted or exchange.arrived or exchange.wants_notifies:
                session.messages.deliver()
        session.adaptation.look_at_settings()

    def fail(self, error: e.Error) -> None:
        """Note the error of an owner; the first one is raised."""
        self._failed = True
        if self.error is None:
            self.error = error

    def take(self, results: list[PGresult]) -> None:
        """Take results that are of no statement, or of a COPY."""
        status = results[-1].status if results else None
        if status == PIPELINE_SYNC:
            self.owners.popleft()
            self._session.exchange.syncs -= 1
            return
        if status in COPY:
            raise e.ProgrammingError(NOT_EXECUTED)
        # The server commits at a sync, and a deferred constraint may forbid it: that is
        # said before the sync is answered.
        assert results
        self.owners.appendleft(None)
        try:
            Owner(self._session, None, UNOBSERVED).receive(results)
        except e.Error as error:
            self.fail(error)

    def _all_done(self) -> bool:
        return not self.owners

    def _raise(self) -> None:
        error, self.error = self.error, None
        if error is not None:
            raise error

    def _drop(self, error: BaseException) -> None:
        """End all waits, because no results will arrive any more; `error` says why."""
        self.begun = False
        while self.owners:
            owner = self.owners.popleft()
            if owner is not None:
                owner.give_up(error)


def _now() -> bool:
    return True
