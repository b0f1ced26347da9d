"""pgtwin's sync twin with a hand-written wait for the server, for threads only.

Everything except the wait is the twin's. The difference in time is what the twin has
from its async form: a future, the callback that settles it, and the step of the
callback.
"""

from __future__ import annotations

import select
from typing import TYPE_CHECKING, Any

import pgtwin
from generated.benchmarks.family import Own

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult


class ByHand:
    """Runs queries of one row, and waits for the results with its own code."""

    def __init__(self, dsn: str, channel: str) -> None:
        self._own = Own(pgtwin.Connection, dsn, channel)
        self.close = self._own.close
        self.one_row_cursor = self._own.one_row_cursor
        self.one_row_execute = self._own.one_row_execute
        self.by_key = self._own.by_key

    def open(self) -> None:
        self._own.open()
        conn = self._own._conn
        poll = select.poll()
        poll.register(conn.fileno(), select.POLLIN)
        self._poll = poll.poll
        exchange: Any = conn._session.exchange
        exchange.results = self._results
        self._exchange = exchange

    def _results(self, copying: bool = False) -> list[PGresult]:
        """Do what the exchange's `results()` does without a deadline."""
        exchange = self._exchange
        pgconn = exchange.pgconn
        results: list[PGresult] = []
        exchange._in_use = True
        try:
            while pgconn.flush():
                self._poll()
                pgconn.consume_input()
            while True:
                while pgconn.is_busy():
                    self._poll()
                    pgconn.consume_input()
                    while (notification := pgconn.notifies()) is not None:
                        exchange.arrived.append(notification)
                result = pgconn.get_result()
                if result is None:
                    return results
                results.append(result)
        except BaseException as error:
            exchange._break_off(error, results)
            raise
        finally:
            exchange._in_use = False
            if exchange._finishing or pgconn.status != pgtwin.pq.ConnStatus.OK:
                exchange._release()
