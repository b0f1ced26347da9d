"""One result whose rows have come in several chunks, loaded while more were sent.

It tells all that a `PGresult` with all the rows would tell. Early, only loaders of
psycopg's own are called, and what they raise is left to whoever fetches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from psycopg import capabilities, pq

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.core.engine.contract import RowLoader

TUPLES_CHUNK = pq.ExecStatus.TUPLES_CHUNK

# Rows that come at a time: enough to forget what a result costs, few enough to begin
# soon. Measured, 50 to 1,000 are alike.
CHUNK = 200

# From here on it is worth it.
LARGE = 500

# Whether libpq can do it (`PQsetChunkedRowsMode`, libpq 17).
AVAILABLE = capabilities.has_stream_chunked()


class Chunks:
    """Gathers the chunks of one result, and is that result when they are complete.

    `loader` is bound to the columns. `rows` are the values of each row, `None` if they
    could not be loaded before they are fetched.
    """

    rows: list[tuple[Any, ...]] | None

    def __init__(self, loader: RowLoader, early: bool) -> None:
        self.loader = loader
        self.ntuples = 0
        self.rows = [] if early else None
        self._chunks: list[PGresult] = []
        self._last: PGresult | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._last, name)  # what does not depend on the rows

    def add(self, chunk: PGresult) -> None:
        """Take rows that have come."""
        chunks = self._chunks
        self.loader.set_pgresult(chunk, set_loaders=not chunks)
        chunks.append(chunk)
        number = chunk.ntuples
        self.ntuples += number
        if self.rows is None:
            return
        try:
            self.rows += self.loader.load_rows(0, number, tuple)
        except Exception:
            self.rows = None  # who fetches them is told why

    def complete(self, last: PGresult) -> PGresult:
        """Take what the server says after the rows, and return the whole result."""
        self._last = last
        return cast("PGresult", self)

    def bind(self, loader: RowLoader) -> None:
        """Load the rows with another loader, when they are fetched."""
        self.rows = None
        self.loader = loader

    @property
    def command_status(self) -> bytes | None:
        """The server's command tag (`PQcmdStatus`)."""
        return self._tagged.command_status

    @property
    def command_tuples(self) -> int | None:
        """The number of rows in the command tag (`PQcmdTuples`)."""
        return self._tagged.command_tuples

    @property
    def _tagged(self) -> PGresult:
        assert self._last is not None
        # libpq may note it in the last chunk.
        return self._last if self._last.command_status else self._chunks[-1]

    def load_rows(self, start: int, end: int) -> list[tuple[Any, ...]]:
        """Return the values of some rows."""
        if self.rows is not None:
            return self.rows[start:end]
        rows: list[tuple[Any, ...]] = []
        for number in range(start // CHUNK, -(-end // CHUNK)):
            first = number * CHUNK
            chunk = self._chunks[number]
            self.loader.set_pgresult(chunk)
            low, high = max(start - first, 0), min(end - first, chunk.ntuples)
            rows += self.loader.load_rows(low, high, tuple)
        return rows

    def get_value(self, row: int, column: int) -> bytes | None:
        """Return a value as it came, `None` for NULL (`PQgetvalue`)."""
        if not 0 <= row < self.ntuples:
            return None
        return self._chunks[row // CHUNK].get_value(row % CHUNK, column)
