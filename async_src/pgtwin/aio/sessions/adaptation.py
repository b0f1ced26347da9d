"""The adapters and settings of a session, and the objects that dump and load with them.

The objects that are kept here were made from the current adapters and settings. After
executing something, the caller looks at the settings before loaders are made for the
results.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from psycopg import ConnectionInfo, errors as e, pq
from psycopg.rows import Row

from pgtwin.core.adaptation.adapt_context import AdaptationContext
from pgtwin.core.adaptation.adapters import Adapters
from pgtwin.core.engine.implementation import AdaptationFields, binary_gains
from pgtwin.core.engine.result_formats import (
    MANY_ROWS,
    UNUSUAL,
    Columns,
    examine_columns,
)
from pgtwin.core.server_settings import (
    DATE_STYLE,
    ENCODING,
    ONLY_ASCII,
    SETTINGS,
)

if TYPE_CHECKING:
    from psycopg.abc import Transformer
    from psycopg.adapt import AdaptersMap
    from psycopg.pq.abc import PGconn, PGresult
    from psycopg.rows import RowMaker

    from pgtwin.core.engine.contract import Kept, RowLoader

OK = pq.ConnStatus.OK
TEXT = pq.Format.TEXT
BINARY = pq.Format.BINARY


# Python's names of encodings, by PostgreSQL's.
_encodings: dict[bytes | None, str] = {}


class Adaptation(AdaptationFields):
    """Keeps the adapters of a session, and transformers made from them."""

    version = 0
    dumping: Transformer | None = None
    dumping_generation = 0
    # The statement of the result that has come last, if it gives rows and is known.
    last: Kept | None = None
    # Whether its loaders are usual, and need the encoding only.
    lasting = False

    def __init__(self, pgconn: PGconn, owner: object) -> None:
        self._pgconn = pgconn
        self.encoding = "utf-8"
        self.adapters = Adapters()
        self.settings: list[bytes | None] = []
        # The owner is known weakly: it owns the session, not the other way round.
        self._owner = weakref.proxy(owner)
        self._context: AdaptationContext | None = None
        self.row_loader: RowLoader | None = None
        self.row_generation = 0
        self.look_at_settings()

    def context(self) -> AdaptationContext:
        """Return the context in which values are adapted."""
        context = self._context
        if context is None or context.adapters is not self.adapters:
            context = self._context = AdaptationContext(self.adapters, self._owner)
        return context

    def adapt_as(self, template: AdaptersMap) -> None:
        """Use a copy of other adapters from now on."""
        generation = self.adapters.generation + 1
        self.adapters = Adapters(template)
        self.adapters.generation = generation
        self.dumping = self.row_loader = None

    def transformer(self) -> Transformer:
        """Return the transformer that dumps parameters, for use under the lock."""
        transformer = self.dumping
        if transformer is None or self.dumping_generation != self.adapters.generation:
            self.dumping_generation = self.adapters.generation
            transformer = self.dumping = self.context().transformer()
        return transformer

    def new_transformer(self) -> Transformer:
        """Return a transformer that can be used without the lock."""
        return self.context().transformer()

    def new_row_loader(self) -> RowLoader:
        """Return an object that builds rows without the lock."""
        return self.context().row_loader()

    def load(self, result: PGresult, number: int, make_row: RowMaker[Row]) -> list[Row]:
        """Build so many rows of a result that has come just now, under the lock."""
        loader = self.row_loader
        generation = self.adapters.generation
        if loader is None or self.row_generation != generation:
            loader = self.row_loader = self.context().row_loader()
            self.row_generation = generation
        loader.set_pgresult(result)
        try:
            return loader.load_rows(0, number, make_row)
        finally:
            loader.set_pgresult(None)

    def format_for(self, kept: Kept, exact_floats: bool = False) -> pq.Format:
        """Return the format that is faster for a prepared statement.

        It is text if values may differ. `exact_floats` says that the server does not
        round numbers that it sends as text.
        """
        columns = kept.columns
        if columns is None or kept.generation != self.adapters.generation:
            return TEXT
        if columns.fixed is not None:
            return columns.fixed
        if columns.floats and not exact_floats:
            return TEXT
        if columns.dates:
            style = self._pgconn.parameter_status(DATE_STYLE)
            if style is None or not style.startswith(b"ISO"):
                return TEXT
        return BINARY

    def columns_of(self, kept: Kept, result: PGresult) -> Columns:
        """Return the information about the columns of a prepared statement."""
        columns = kept.columns
        if columns is None or kept.generation != self.adapters.generation:
            columns = self.examine_columns(result) if kept.certain else UNUSUAL
            kept.columns = columns
            kept.generation = self.adapters.generation
        return columns

    def examine_columns(self, result: PGresult) -> Columns:
        """Return what the columns of a result mean for the format of the next."""
        version = self._pgconn.server_version
        return examine_columns(result, self.adapters.is_usual, version, binary_gains)

    def look_at_rows(self, kept: Kept | None, result: PGresult) -> None:
        """Look at the settings, if they matter for the rows of a statement."""
        self.last = kept
        if kept is not None:
            many = result.ntuples >= MANY_ROWS
            kept.many = many and self.examine_columns(result).usual
        if kept is not None and kept.name:
            lasting = self.columns_of(kept, result).lasting
        else:
            lasting = self.lasting = self.adapters.are_lasting(result)
        if not lasting or self._pgconn.parameter_status(ENCODING) != self.settings[0]:
            self.look_at_settings()

    def _find_encoding(self, name: bytes | None) -> str:
        try:
            # That it has a name bounds how many are kept.
            encoding = _encodings[name] = ConnectionInfo(self._pgconn).encoding
        except e.NotSupportedError:
            # Loaders and dumpers of text raise the error; others need no encoding.
            return ONLY_ASCII
        return encoding

    def look_at_settings(self) -> None:
        """Store the current settings, if they have changed."""
        if self._pgconn.status != OK:
            return
        settings = list(map(self._pgconn.parameter_status, SETTINGS))
        if settings != self.settings:
            self.settings = settings
            encoding = _encodings.get(settings[0])
            if encoding is None:
                encoding = self._find_encoding(settings[0])
            self.encoding = encoding
            self.dumping = self.row_loader = None
            self.version += 1
