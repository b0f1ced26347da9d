"""Plain calls of libpq: not a driver, but a lower bound for drivers.

Nothing is checked, locked, interrupted or recovered here. Statements are prepared and
their columns known beforehand. Every driver needs these calls as well.
"""

from __future__ import annotations

import select
from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer

from benchmarks.peers.workloads import (
    ALL_ITEMS,
    BINARY,
    BY_KEY,
    COPY_OUT,
    INSERT,
    INSERTED,
    MIXED,
    NOTIFICATIONS,
    ONE_ROW,
    PIPELINED,
    numbered,
)

if TYPE_CHECKING:
    from psycopg.abc import AdaptContext

CHUNK = 200
TEXT_RESULT = 0
BINARY_RESULT = 1
SYNC = pq.ExecStatus.PIPELINE_SYNC


class Libpq:
    """Runs each workload a number of times on one handle, gives the last value."""

    def __init__(self, dsn: str, channel: str) -> None:
        self._dsn = dsn
        self._channel = channel

    def open(self) -> None:
        self._pgconn = pgconn = pq.PGconn.connect(self._dsn.encode())
        pgconn.nonblocking = 1
        self._poll = select.poll()
        self._poll.register(pgconn.socket, select.POLLIN)
        # Values depend on the session's encoding and time zone.
        place = SimpleNamespace(
            adapters=psycopg.adapters, connection=SimpleNamespace(pgconn=pgconn)
        )
        self._dumping = Transformer(cast("AdaptContext", place))
        self._loading = Transformer(cast("AdaptContext", place))
        for name, query, parameters in (
            (b"one", ONE_ROW, (1, "name")),
            (b"key", BY_KEY, (1,)),
            (b"insert", INSERT, INSERTED[0]),
            (b"mixed", MIXED, ()),
            (b"all", ALL_ITEMS, ()),
        ):
            self._dump(parameters)
            types = self._dumping.types or ()
            pgconn.send_prepare(name, numbered(query).encode(), types)
            self._results()
        pgconn.send_query(f"LISTEN {self._channel}".encode())
        self._results()

    def close(self) -> None:
        self._pgconn.finish()

    def _dump(self, parameters: tuple[Any, ...]) -> Any:
        formats = [PyFormat.AUTO] * len(parameters)
        return self._dumping.dump_sequence(parameters, formats)

    def _result(self) -> Any:
        """Return the next result, `None` after the last, as soon as it is there."""
        pgconn = self._pgconn
        while pgconn.is_busy():
            self._poll.poll()
            pgconn.consume_input()
        return pgconn.get_result()

    def _results(self) -> list[Any]:
        self._pgconn.flush()
        return list(iter(self._result, None))

    def _one(self, name: bytes, parameters: tuple[Any, ...], result_format: int) -> Any:
        values = self._dump(parameters)
        self._pgconn.send_query_prepared(
            name, values, self._dumping.formats, result_format
        )
        (result,) = self._results()
        self._loading.set_pgresult(result)
        return self._loading.load_row(0, tuple)

    def one_row_cursor(self, times: int) -> Any:
        for number in range(times):
            row = self._one(b"one", (number, "name"), BINARY_RESULT)
        return row

    def one_row_execute(self, times: int) -> Any:
        return self.one_row_cursor(times)

    def by_key(self, times: int) -> Any:
        for number in range(times):
            row = self._one(b"key", (number % 1000 + 1,), TEXT_RESULT)
        return row

    def _fetch(self, name: bytes, result_format: int, times: int) -> Any:
        pgconn = self._pgconn
        loading = self._loading
        for _ in range(times):
            pgconn.send_query_prepared(name, None, None, result_format)
            pgconn.set_chunked_rows_mode(CHUNK)
            pgconn.flush()
            rows: list[Any] = []
            while (result := self._result()) is not None:
                loading.set_pgresult(result, set_loaders=not rows)
                rows += loading.load_rows(0, result.ntuples, tuple)
        return rows

    def fetch_mixed(self, times: int) -> Any:
        return self._fetch(b"mixed", TEXT_RESULT, times)

    def fetch_many(self, times: int) -> Any:
        return self._fetch(b"all", BINARY_RESULT, times)

    def _answers(self) -> Iterator[Any]:
        """Yield the results of a pipeline until the end that was asked for."""
        pgconn = self._pgconn
        pgconn.pipeline_sync()
        while pgconn.flush():
            self._poll.poll()
            pgconn.consume_input()
        while True:
            result = self._result()
            if result is not None:
                if result.status == SYNC:
                    return
                yield result

    def insert_many(self, times: int) -> None:
        pgconn = self._pgconn
        for _ in range(times):
            pgconn.enter_pipeline_mode()
            for parameters in INSERTED:
                values = self._dump(parameters)
                formats = self._dumping.formats
                pgconn.send_query_prepared(b"insert", values, formats, TEXT_RESULT)
            for _ in self._answers():
                pass
            pgconn.exit_pipeline_mode()

    def pipeline(self, times: int) -> Any:
        pgconn = self._pgconn
        for _ in range(times):
            pgconn.enter_pipeline_mode()
            for number in range(PIPELINED):
                values = self._dump((number, "name"))
                formats = self._dumping.formats
                pgconn.send_query_prepared(b"one", values, formats, TEXT_RESULT)
            results = list(self._answers())
            pgconn.exit_pipeline_mode()
            rows = []
            for result in results:
                self._loading.set_pgresult(result)
                rows.append(self._loading.load_row(0, tuple))
        return rows

    def _blocks(self, query: str, times: int) -> Any:
        pgconn = self._pgconn
        get = pgconn.get_copy_data
        for _ in range(times):
            pgconn.send_query(query.encode())
            pgconn.flush()
            self._result()
            blocks = []
            length = 0
            while length >= 0:
                length, data = get(1)
                if length > 0:
                    blocks.append(data)
                elif length == 0:
                    self._poll.poll()
                    pgconn.consume_input()
            self._results()
        return blocks

    def copy_out_blocks(self, times: int) -> Any:
        return self._blocks(COPY_OUT, times)

    def copy_out_blocks_binary(self, times: int) -> Any:
        return self._blocks(COPY_OUT + BINARY, times)

    def connect(self, times: int) -> None:
        for _ in range(times):
            pq.PGconn.connect(self._dsn.encode()).finish()

    def notifications(self, times: int) -> Any:
        # They have been sent already, once.
        pgconn = self._pgconn
        payloads: list[str] = []
        while len(payloads) < NOTIFICATIONS:
            while (notification := pgconn.notifies()) is not None:
                payloads.append(notification.extra.decode())
            if len(payloads) < NOTIFICATIONS:
                self._poll.poll()
                pgconn.consume_input()
        return payloads
