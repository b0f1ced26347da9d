"""How a session makes values of bytes and bytes of values.

Law: what is kept was made from the adapters and settings that hold now; who executes
something looks at the settings before its results are loaded.
"""

from __future__ import annotations

import weakref
from collections import deque
from typing import TYPE_CHECKING

from psycopg import ConnectionInfo, pq

from pgtwin.aio.exchange import Exchange
from pgtwin.aio.inbox import Inbox
from pgtwin.core.adapters import Adapters, Place
from pgtwin.core.formats import judge
from pgtwin.core.prepared import Kept

if TYPE_CHECKING:
    from psycopg.abc import Transformer
    from psycopg.adapt import AdaptersMap
    from psycopg.pq.abc import PGresult
    from psycopg.rows import Row, RowMaker

OK = pq.ConnStatus.OK

# Settings of the server on which dumpers and loaders depend.
ENCODING = b"client_encoding"
SETTINGS = (ENCODING, b"TimeZone", b"DateStyle", b"IntervalStyle")

# From here on, a faster format is worth the longer protocol that it needs.
MANY_ROWS = 100


class Adapting(Inbox):
    """Keeps the adapters of a session, and transformers that are warm."""

    def __init__(self, exchange: Exchange, owner: object) -> None:
        super().__init__(exchange)
        self.adapters = Adapters()
        self.version = 0
        self._settings: list[bytes | None] = []
        # The owner is known weakly: it owns the session, not the other way round.
        self._place = Place(self.adapters, weakref.proxy(owner))
        self._transformer: Transformer | None = None
        self.loaders: deque[tuple[int, int, Transformer]] = deque()
        self._generation = 0
        # The statement of a result with many rows, for who receives it.
        self.large: Kept | None = None
        self.look_at_settings()

    def adapt_as(self, template: AdaptersMap) -> None:
        """Adapt values from now on as a copy of other adapters does."""
        generation = self.adapters.generation + 1
        self.adapters = Adapters(template)
        self.adapters.generation = generation
        self._place = self._place._replace(adapters=self.adapters)
        self._transformer = None
        self.loaders.clear()

    def transformer(self) -> Transformer:
        """Return the transformer that dumps parameters, used under the lock only."""
        transformer = self._transformer
        if transformer is None or self._generation != self.adapters.generation:
            self._generation = self.adapters.generation
            transformer = self._transformer = self._place.transformer()
        return transformer

    def new_transformer(self) -> Transformer:
        """Return a transformer that can be used without the lock."""
        return self._place.transformer()

    def load(
        self, result: PGresult, start: int, end: int, make_row: RowMaker[Row]
    ) -> list[Row]:
        """Build some rows of a small result with a transformer that is kept warm.

        Several threads may load at once, so each takes the transformer away.
        """
        loaders = self.loaders
        try:
            generation, version, transformer = loaders.pop()
        except IndexError:
            generation, version = self.adapters.generation, self.version
            transformer = self._place.transformer()
        if generation != self.adapters.generation or version != self.version:
            generation = self.adapters.generation
            version = self.version
            transformer = self._place.transformer()
        transformer.set_pgresult(result)
        rows = transformer.load_rows(start, end, make_row)
        transformer.set_pgresult(None)
        if not loaders:
            loaders.append((generation, version, transformer))
        return rows

    def look_at_rows(self, kept: Kept | None, result: PGresult) -> None:
        """Look at the settings, if they matter for the rows of a statement."""
        if kept is None:
            self.look_at_settings()
            return
        loading = kept.loading
        if loading is None or kept.generation != self.adapters.generation:
            loading = judge(result, self.adapters, self.pgconn.server_version)
            kept.loading = loading
            kept.generation = self.adapters.generation
        kept.many = result.ntuples >= MANY_ROWS
        if kept.many and loading.usual:
            self.large = kept
        if (
            not loading.lasting
            or self.pgconn.parameter_status(ENCODING) != self._settings[0]
        ):
            self.look_at_settings()

    def look_at_settings(self) -> None:
        if self.pgconn.status != OK:
            return
        settings = list(map(self.pgconn.parameter_status, SETTINGS))
        if settings != self._settings:
            self._settings = settings
            self.encoding = ConnectionInfo(self.pgconn).encoding
            self._transformer = None
            self.version += 1
