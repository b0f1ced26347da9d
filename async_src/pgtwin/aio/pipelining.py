"""The conversation of a pipeline: statements are sent, results come later, in order.

Law: the caller holds the session's lock. Whoever has sent a statement is its owner and
receives its results, or is told that there will be none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from psycopg import capabilities, errors as e, pq
from psycopg.sql import Composable

from pgtwin.aio.conversation import NOT_EXECUTED
from pgtwin.core.hooks import UNOBSERVED, Observation
from pgtwin.core.plan import KEPT_LENGTH, Statement, bind, bind_each, kept_plan
from pgtwin.core.settings import changes_settings
from pgtwin.core.sizes import check_values

if TYPE_CHECKING:
    from psycopg.abc import Transformer
    from psycopg.pq.abc import PGresult

    from pgtwin.aio.many import Batch, Execution
    from pgtwin.aio.session import Session
    from pgtwin.core.annotations import Params, Query
    from pgtwin.core.prepared import Kept, Key

OK = pq.ConnStatus.OK
IDLE = pq.TransactionStatus.IDLE
TUPLES_OK = pq.ExecStatus.TUPLES_OK
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


class Owner:
    """Has sent a statement, and checks its results."""

    done = False

    def __init__(
        self,
        session: Session,
        key: Key | None = None,
        seen: Observation = UNOBSERVED,
    ) -> None:
        self._session = session
        self._key = key
        self._seen = seen
        if seen is not UNOBSERVED:
            seen.begin()

    def sent(self, key: Key | None, kept: Kept | None) -> None:
        """Learn that the statement was sent, and as what it is prepared."""
        self._key = key

    def receive(self, results: list[PGresult]) -> None:
        """Take the results of the statement. Raises the server's error."""
        self.done = True
        is_plain = len(results) == 1 and results[0].status == TUPLES_OK
        if is_plain and self._seen is UNOBSERVED:
            return  # nothing is to be said of it
        try:
            self._session.check_results(results)
        except e.Error as error:
            if self._key is not None:
                self._session.prepared.retire_stale(self._key, results)
            self._seen.end(error)
            raise
        self._seen.note(results)
        self._seen.end()

    def give_up(self, error: BaseException) -> None:
        """Learn that there will be no results, and why."""
        self.done = True
        self._seen.end(error)


class Preparation(Owner):
    """Has asked for a prepared statement, which is used before it is known to be."""

    def __init__(self, session: Session, key: Key, kept: Kept) -> None:
        super().__init__(session)
        self._prepared_as = key
        self._kept = kept
        self._name = kept.name
        kept.awaited = True

    def receive(self, results: list[PGresult]) -> None:
        try:
            super().receive(results)
        except e.Error:
            self._forget()
            raise
        self._kept.awaited = False

    def give_up(self, error: BaseException) -> None:
        super().give_up(error)
        self._forget()
        if capabilities.has_send_close_prepared():
            # Perhaps the server has it: to close what is not there is no error.
            self._session.prepared.retired.append(self._name)

    def _forget(self) -> None:
        self._kept.awaited = False
        self._session.prepared.forget(self._prepared_as, self._name)


class Closing(Owner):
    """Has asked the server to forget a prepared statement."""

    def __init__(self, session: Session, name: bytes) -> None:
        super().__init__(session)
        self._name = name

    def receive(self, results: list[PGresult]) -> None:
        try:
            super().receive(results)
        except e.PipelineAborted as error:
            # Not done, and the error before it is the one to be told.
            self.give_up(error)

    def give_up(self, error: BaseException) -> None:
        super().give_up(error)
        self._session.prepared.retire_name(self._name)


class Pipelining:
    """Keeps a session in pipeline mode, and the owners of what was sent."""

    def __init__(self, session: Session) -> None:
        self.level = 0
        self._session = session
        self._pgconn = session.pgconn
        self._owners: deque[Owner | None] = deque()  # None: a synchronization
        self.unseen = 0
        self._open = False  # whether something was sent since the last sync
        self._failed = False  # whether something of it has failed
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
        settled = not self._open
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
        if self._open:
            return  # libpq knows the transaction's status at a sync only
        self._open = True
        if not session.autocommit and self._pgconn.transaction_status == IDLE:
            text = session.opening()
            self._pgconn.send_query_params(text, None)
            self._owners.append(Owner(session, seen=session.observe(text)))

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
            self._owners.append(Preparation(session, key, kept))
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
            self._owners.append(Closing(self._session, name))

    def execute_again(
        self, query: Query, params: tuple[Any, ...], owner: Execution
    ) -> bool:
        """Send a query that is prepared already; tell whether it is, and was sent.

        Nothing is done that `execute()` does not do, in the format that is faster,
        but in one straight line. Who is told so looks whether to `go_on()`.
        """
        session = self._session
        prepared = session.prepared
        transformer = session._transformer
        generation = session.adapters.generation
        pgconn = self._pgconn
        if (
            not self._open
            or not self.level
            or type(query) is not str
            or not params
            or len(query) > KEPT_LENGTH
            or transformer is None
            or session._generation != generation
            or session._closed
            or session.orphaned
            or session.hooks
            or prepared.retired
            or prepared.threshold is None
            or pgconn.status != OK
        ):
            return False
        text, formats, names, _ = kept_plan(query, session.encoding)
        if names is not None or len(params) != len(formats):
            return False
        values = transformer.dump_sequence(params, formats)
        check_values(values)
        key = (text, transformer.types or ())
        kept = prepared.find(key)
        if kept is None or kept.settings:
            return False
        columns = kept.columns
        result_format = None
        if columns is not None and kept.generation == generation:
            result_format = columns.fixed
        if result_format is None:
            result_format = session.format_for(kept)
        pgconn.send_query_prepared(
            kept.name, values, transformer.formats, result_format
        )
        owner._key = key
        owner._kept = kept
        self._owners.append(owner)
        self.unseen += 1
        return True

    async def execute(
        self,
        statement: Statement,
        prepare: bool | None,
        result_format: int | None,
        owner: Owner,
    ) -> None:
        """Send a statement; its owner learns its key if it is prepared."""
        session = self._session
        if session.orphaned:
            await session.ready()
        session.check()
        if not self._open:
            self.begin()
        if session.prepared.retired:
            self._close_retired()
        text, values, types, formats = statement
        kept = self.prepared(text, types, prepare)
        if kept is None:
            self._pgconn.send_query_params(
                text, values, types, formats, result_format or TEXT
            )
            owner.sent(None, None)
        else:
            if result_format is None:
                result_format = self._session.format_for(kept)
            self._pgconn.send_query_prepared(kept.name, values, formats, result_format)
            owner.sent((text, types), kept)
        self._owners.append(owner)
        self.unseen += 1
        if changes_settings(text) if kept is None else kept.settings:
            # The server tells the new ones at a synchronization only, and values that
            # come or are sent before it would be read or written by the old ones.
            await self.sync()
        elif self.unseen >= TURN:
            await self.go_on()

    async def go_on(self) -> None:
        """Send what was left for later, and receive what has come of it.

        Raises the first error. Called once `unseen` is `TURN`.
        """
        await self._converse(_now)
        self._raise()

    async def execute_many(
        self,
        query: Query,
        params_seq: Iterable[Params],
        transformer: Transformer,
        result_format: int,
        batch: Batch,
    ) -> None:
        """Send a statement for each set of parameters, until one has failed."""
        session = self._session
        if session.orphaned:
            await session.ready()
        session.check()
        self.begin()
        encoding = session.encoding
        send_query_params = self._pgconn.send_query_params
        send_query_prepared = self._pgconn.send_query_prepared
        add_owner = self._owners.append
        number = 0
        last: object = None
        name: bytes | None = None
        statements: Iterable[tuple[Any, Any, Any, Any]]
        if batch.bind is bind and isinstance(query, (str, bytes, Composable)):
            statements = bind_each(query, params_seq, transformer, encoding)
        else:
            statements = (
                batch.bind(query, params, transformer, encoding)
                for params in params_seq
            )
        for text, values, types, formats in statements:
            if types is not last and types != last:
                last = types
                kept = self.prepared(text, types, batch.preparing)
                name = None if kept is None else kept.name
                batch.under(None if name is None else (text, types), kept)
            if name is None:
                send_query_params(text, values, types, formats, result_format)
            else:
                send_query_prepared(name, values, formats, result_format)
            add_owner(batch)
            number += 1
            if not number % LONG_TURN:
                await self._converse(_now)
                if self.error is not None:
                    break
        batch.expect(number)
        self._raise()

    async def interrupt(self, error: BaseException) -> None:
        """Cancel what is under way because of an error, and receive nothing of it."""
        await self._session.exchange.recover()
        self._drop(error)

    async def command(self, text: bytes, result_format: int = 0) -> PGresult:
        """Execute a statement of our own and return its result."""
        received = Command(self._session)
        self._open = True
        self._pgconn.send_query_params(text, None, result_format=result_format)
        self._owners.append(received)
        await self.sync()
        return received.results[-1]

    async def sync(self) -> None:
        """End what is under way, and receive all results. Raises the first error.

        Raises `OperationalError` too when the session is closed: what it still owes
        will never come.
        """
        self._session.check()
        if self._open:
            self._pgconn.pipeline_sync()
            self._open = False
            self._session.exchange.syncs += 1
            self._owners.append(None)
        if self._owners:
            await self._converse(self._all_done)
            if self._pgconn.transaction_status == IDLE:
                # As after a COMMIT or ROLLBACK, which the server does not tell.
                self._session.prepared.note(ROLLBACK if self._failed else COMMIT)
            self._failed = False
        self._raise()

    async def receive(self, owner: Owner) -> None:
        """Wait until an owner has its results. Raises the first error on the way."""
        if not owner.done:
            self._session.check()
            self._pgconn.send_flush_request()
            await self._converse(lambda: owner.done)
        self._raise()

    async def receive_all(self) -> None:
        """Wait for the results of what was sent. Raises the first error on the way."""
        if self._owners:
            self._session.check()
            self._pgconn.send_flush_request()
            await self._converse(self._all_done)
        self._raise()

    async def _converse(self, done: Callable[[], bool]) -> None:
        """Send everything, then hand results out until it is enough."""
        self.unseen = 0
        session = self._session
        exchange = session.exchange

        def collected() -> bool:
            self._collect()
            return done()

        try:
            async with exchange.conversation():
                await exchange.send()
                if not collected():
                    await exchange.take_in(collected)
        except BaseException as error:
            self._drop(error)
            raise
        finally:
            session.deliver()
        session.look_at_settings()

    def _collect(self) -> None:
        """Hand out the results that have arrived."""
        is_busy = self._pgconn.is_busy
        get_result = self._pgconn.get_result
        owners = self._owners
        while owners and not is_busy():
            result = get_result()
            if result is not None and result.status == PIPELINE_SYNC:
                owners.popleft()
                self._session.exchange.syncs -= 1
                continue
            results = []
            while result is not None:
                status = result.status
                if status != TUPLES_OK and status in COPY:
                    raise e.ProgrammingError(NOT_EXECUTED)
                results.append(result)
                # What ends the results of a statement is no message to wait for.
                result = get_result()
            owner = owners.popleft()
            if owner is None:
                # The server commits at a sync, and a deferred constraint may forbid it:
                # that is said before the sync is answered.
                assert results
                owners.appendleft(None)
                owner = Owner(self._session)
            try:
                owner.receive(results)
            except e.Error as error:
                self._failed = True
                if self.error is None:
                    self.error = error

    def _all_done(self) -> bool:
        return not self._owners

    def _raise(self) -> None:
        error, self.error = self.error, None
        if error is not None:
            raise error

    def _drop(self, error: BaseException) -> None:
        """Tell everybody who waits that nothing will come any more, and why."""
        self._open = False
        while self._owners:
            owner = self._owners.popleft()
            if owner is not None:
                owner.give_up(error)


class Command(Owner):
    """Keeps the results of a statement of our own."""

    results: list[PGresult]

    def receive(self, results: list[PGresult]) -> None:
        self.results = results
        super().receive(results)


def _now() -> bool:
    return True
