"""The engine in Python, over `psycopg.pq`: always there, and the other's reference.

`contract` says what each method does.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from itertools import islice
from operator import methodcaller
from typing import TYPE_CHECKING

from psycopg import Notify, pq
from psycopg.errors import Error, OperationalError

from pgtwin.core.engine.copy_decoders import Pieces
from pgtwin.core.engine.result_formats import MANY_ROWS
from pgtwin.core.server_settings import ENCODING, SETTINGS
from pgtwin.core.statements.placeholders import bind as usual_bind
from pgtwin.core.statements.query_hooks import UNOBSERVED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from psycopg.abc import Buffer, Transformer
    from psycopg.pq.abc import PGconn, PGresult

    from pgtwin.core.engine.contract import (
        CollectingPipeline,
        CountedAdapters,
        Kept,
        LoadCopied,
        ResultHolder,
        SessionState,
    )
    from pgtwin.core.statements.placeholders import Binder, Bound, Statement
    from pgtwin.core.type_aliases import Params, Query

# Measured with psycopg's C modules, where a numeric takes three times as long.
BINARY_GAINS = {
    "bool": 0,
    "int2": 11,
    "int4": 11,
    "int8": 11,
    "oid": 11,
    "float8": 235,
    "text": -1,
    "varchar": -1,
    "bpchar": -1,
    "name": -1,
    "bytea": 33,
    "uuid": 25,
    "date": -43,
    "timestamp": -17,
    "timestamptz": 24,
}
TEXT = pq.Format.TEXT
BINARY = pq.Format.BINARY
# What a named tuple does, without the call that it adds.
_new_notify: Callable[[Iterable[object]], Notify] = partial(tuple.__new__, Notify)

# Plain numbers, as they are compared and found faster.
OK = int(pq.ConnStatus.OK)
IDLE = int(pq.TransactionStatus.IDLE)
INTRANS = int(pq.TransactionStatus.INTRANS)
UNKNOWN = int(pq.TransactionStatus.UNKNOWN)
TUPLES_OK = int(pq.ExecStatus.TUPLES_OK)
COPY = frozenset(
    int(status)
    for status in (
        pq.ExecStatus.COPY_IN,
        pq.ExecStatus.COPY_OUT,
        pq.ExecStatus.COPY_BOTH,
    )
)
# Results that do not go to the owner of a statement.
UNOWNED = COPY | {int(pq.ExecStatus.PIPELINE_SYNC)}


class ReferenceEngine:
    """Reads what the server sends on one handle (`contract.Engine`)."""

    def __init__(self, pgconn: PGconn) -> None:
        self.pgconn = pgconn
        self.statement: Statement | None = None  # that was bound last
        self.failure: OperationalError | None = None
        self.copying = self.settled = False
        self.sent = 0
        self.noted: list[pq.PGnotify] = []
        self.arrived: deque[Notify] = deque()
        self.results: list[PGresult] = []

    def start(
        self,
        session: SessionState,
        query: Query,
        params: Params | None,
        bind: Binder,
        result_format: int | None,
        /,
    ) -> Kept | None:
        status = self.pgconn.transaction_status
        self.statement = None
        if session.pipelining is not None:
            if status == UNKNOWN:
                return None
        elif status != INTRANS and (status != IDLE or not session.autocommit):
            return None
        if session.orphaned or session.hooks:
            return None
        adaptation = session.adaptation
        generation = adaptation.adapters.generation
        transformer = adaptation.dumping
        if transformer is None or adaptation.dumping_generation != generation:
            transformer = adaptation.transformer()
        statement = bind(query, params, transformer, adaptation.encoding)
        text, values, types, formats = self.statement = statement
        kept = session.prepared.find((text, types))
        if kept is None or kept.many:
            return None
        if result_format is None:
            columns = kept.columns
            if columns is not None and kept.generation == generation:
                result_format = columns.fixed
            if result_format is None:
                result_format = adaptation.format_for(kept)
        self.pgconn.send_query_prepared(kept.name, values, formats, result_format)
        return kept

    def start_for(
        self,
        session: SessionState,
        cursor: Any,
        query: Query,
        params: Params | None,
        prepare: bool | None,
        binary: bool | None,
        /,
    ) -> Kept | None:
        self.statement = None
        cursor._asked = query, params
        wanted = cursor._given_format  # None: the faster one
        if binary is not None:
            wanted = BINARY if binary else TEXT
        elif not session.automatic_binary:
            wanted = cursor.format
        own_adapters = cursor._adapters is not None
        if own_adapters:
            wanted = wanted or TEXT
        bind = cursor._bind_query
        if bind is not usual_bind and cursor._merging:
            wanted = cursor._format(binary)
            prepare = False
        cursor._asked_format = wanted
        pipelining = session.pipelining
        if cursor._bound is not None or pipelining is not None:
            cursor._forget()
        cursor.pgresult = cursor._values = cursor._pending = None
        cursor._results = ()
        if prepare is not None or own_adapters:
            return None
        if pipelining is None:
            return self.start(session, query, params, bind, wanted)
        if not (pipelining.level and pipelining.begun):
            return None
        kept = self.start(session, query, params, bind, wanted)
        if kept is not None:
            pipelining.owe(session, cursor, kept, UNOBSERVED)
        return kept

    def bound(self, session: SessionState, /) -> Statement | None:
        return self.statement

    def send_many(
        self,
        bind_one: Callable[[Params], Bound],
        bound: tuple[Params, Bound],
        names: Mapping[tuple[int, ...], bytes | None],
        params_seq: Iterator[Params],
        result_format: int,
        most: int,
        adapters: CountedAdapters | None,
        /,
    ) -> tuple[Params, Bound] | None:
        pgconn = self.pgconn
        send_prepared = pgconn.send_query_prepared
        number = 0
        try:
            text, values, types, formats = bound[1]
            name = names[types]
            if name is None:
                pgconn.send_query_params(text, values, types, formats, result_format)
            else:
                send_prepared(name, values, formats, result_format)
            number = 1
            for params in islice(params_seq, most - 1):
                statement = bind_one(params)
                text, values, others, formats = statement
                if others is not types and others != types:
                    if others not in names:
                        return params, statement
                    types = others
                    name = names[types]
                if name is None:
                    pgconn.send_query_params(
                        text, values, types, formats, result_format
                    )
                else:
                    send_prepared(name, values, formats, result_format)
                number += 1
        finally:
            self.sent += number
        return None

    def begin(self, results: list[PGresult], /) -> bool | None:
        pgconn = self.pgconn
        self.results = results
        self.copying = self.settled = False
        if pgconn.flush():
            return None
        return not pgconn.is_busy() and self.receive()

    def give(self, session: SessionState, kept: Kept, cursor: ResultHolder, /) -> bool:
        results = self.results
        columns = kept.columns
        if (
            len(results) != 1
            or columns is None
            or (result := results[0]).status != TUPLES_OK
            or result.ntuples >= MANY_ROWS
            or kept.generation != session.adaptation.adapters.generation
            or session.prepared.retired
        ):
            return False
        pgconn = self.pgconn
        if columns.lasting:
            if pgconn.parameter_status(ENCODING) != session.adaptation.settings[0]:
                return False
        elif list(map(pgconn.parameter_status, SETTINGS)) != (
            session.adaptation.settings
        ):
            return False
        cursor._keep(results, kept)
        return True

    def read(self) -> bool:
        pgconn = self.pgconn
        try:
            pgconn.consume_input()
            while (notification := pgconn.notifies()) is not None:
                self.noted.append(notification)
        except OperationalError as error:
            # What the server said before it went is still to be read.
            self.failure = error
            return True
        return not pgconn.is_busy()

    def receive(self) -> bool:
        ready = self.read()
        if self.failure is not None:
            return True
        pgconn = self.pgconn
        while ready:
            result = pgconn.get_result()
            if result is None:
                if pgconn.status == OK:
                    self.settled = True
                return True
            self.results.append(result)
            status = result.status
            if status != TUPLES_OK and status in COPY:
                self.copying = True
                return True
            ready = not pgconn.is_busy()
        return False

    def collect(self, pipelining: CollectingPipeline) -> None:
        is_busy = self.pgconn.is_busy
        get_result = self.pgconn.get_result
        owners = pipelining.owners
        while owners and not is_busy():
            result = get_result()
            results = []
            status = -1
            while result is not None:
                results.append(result)
                status = result.status
                if status != TUPLES_OK and status in UNOWNED:
                    break
                # What ends the results of a statement is no message to wait for.
                result = get_result()
            else:
                owner = owners.popleft()
                if owner is not None:
                    try:
                        owner.receive(results)
                    except Error as error:
                        pipelining.fail(error)
                    continue
            pipelining.take(results)

    def drain(self) -> None:
        while (notification := self.pgconn.notifies()) is not None:
            self.noted.append(notification)

    def decode(self, encoding: str, /) -> None:
        noted = self.noted
        if noted:
            decoded = list(_decoded(noted, encoding))
            self.arrived.extend(decoded)
            del noted[: len(decoded)]


def _decoded(arrived: Iterable[pq.PGnotify], encoding: str) -> Iterator[Notify]:
    # With SQL_ASCII there may be any byte; none of them is to be lost.
    decode = methodcaller("decode", encoding, "surrogateescape")
    channels, pids, payloads = zip(*arrived, strict=True)
    names = {channel: decode(channel) for channel in set(channels)}
    # All at once: no payload has a NUL, which is a byte of nothing else in UTF-8.
    texts = (
        decode(b"\0".join(payloads)).split("\0")
        if encoding == "utf-8"
        else map(decode, payloads)
    )
    return map(
        _new_notify, zip(map(names.__getitem__, channels), texts, pids, strict=True)
    )


def make_row_loader(transformer: Transformer) -> Transformer:
    """Return what loads rows: psycopg's transformers do."""
    return transformer


def leave_to_decoder(
    transformer: Transformer, oids: Sequence[int], binary: bool
) -> LoadCopied | None:
    """Leave all rows of a COPY to its decoder."""
    return None


def leave_to_rows(schema: Any, oids: Sequence[int], encoding: str) -> None:
    """Leave all values of Arrow to their dumpers."""


def copied_data(pgconn: PGconn, pieces: Pieces) -> tuple[list[Buffer], int, bool]:
    """Return the data of a COPY that has arrived, and whether that was all.

    Between them stands the number of messages.
    """
    get = pgconn.get_copy_data
    messages: list[Buffer] = []
    length, message = get(1)
    while length > 0:
        messages.append(message)
        length, message = get(1)
    number = len(messages)
    if messages and pieces == Pieces.BLOCK:
        messages = [b"".join(messages)]
    return messages, number, length < 0
