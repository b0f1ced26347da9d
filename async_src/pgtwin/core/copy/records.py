"""Rows for the columns of a table: information from the catalog, and the dumped values.

A value is stored as INSERT stores it, or refused, independently of the other columns of
the table and of the other rows. The dumper of the column's type is tried first. A value
that it refuses is sent as INSERT sends it, by the value's own type, if the server reads
that text as it would convert the value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from psycopg import pq
from psycopg.adapt import Dumper, PyFormat
from psycopg.errors import DataError, ProgrammingError

from pgtwin.core.copy.dumpers import CopyAdapters, known_dumper
from pgtwin.core.type_catalog import decoded, encoded, read_text, sent_text

if TYPE_CHECKING:
    from psycopg.abc import AdaptContext, Buffer, Dumper as DumperProtocol, Transformer
    from psycopg.pq.abc import PGresult

TEXT = pq.Format.TEXT
BINARY = pq.Format.BINARY


def _oids(names: str) -> frozenset[int]:
    types = psycopg.adapters.types
    return frozenset(types[name].oid for name in names.split())


_STRINGS = _oids("text varchar bpchar name")
_INTEGERS = _oids("int2 int4 int8")
_NUMBERS = _INTEGERS | _oids("numeric float4 float8 money")
_REFERENCES = _oids(
    "regclass regcollation regconfig regdictionary regnamespace regoper regoperator "
    "regproc regprocedure regrole regtype"
)
_JSON = _oids("json jsonb")
# Of which type a value is, and the types that read its text as INSERT converts it.
_CONVERTED = {
    **dict.fromkeys(_INTEGERS, _NUMBERS | _STRINGS | _REFERENCES),
    **dict.fromkeys(_oids("numeric"), _NUMBERS),
    **dict.fromkeys(_oids("float4 float8"), _oids("numeric float4 float8")),
    **dict.fromkeys(_oids("timestamp"), _oids("time")),
    **dict.fromkeys(_oids("time"), _oids("timetz")),
}

# The type of a domain is the one below it, and below that one. The types of the columns
# come first, then those below them and their elements: a database may have many others.
_COLUMNS = """\
WITH RECURSIVE col AS (
    SELECT attnum, attname, atttypid FROM pg_catalog.pg_attribute
    WHERE attrelid = {table}::regclass AND attnum > 0 AND NOT attisdropped
    AND attgenerated = ''
), step (oid, below) AS (
    SELECT atttypid, atttypid FROM col
    UNION SELECT
        CASE t.typtype WHEN 'd' THEN s.oid ELSE t.typelem END,
        CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.typelem END
    FROM step s JOIN pg_catalog.pg_type t ON t.oid = s.below
    WHERE t.typtype = 'd' OR t.typcategory = 'A' AND t.typelem <> 0
), base AS (
    SELECT s.oid, t.oid AS below, t.typcategory,
        CASE t.typcategory WHEN 'A' THEN t.typelem ELSE 0 END AS typelem
    FROM step s JOIN pg_catalog.pg_type t ON t.oid = s.below AND t.typtype <> 'd'
)
SELECT {table}, {name}, a.attname, b.below, b.typelem, coalesce(e.below, 0),
    b.typcategory = 'S'
FROM col a JOIN base b ON b.oid = a.atttypid LEFT JOIN base e ON e.oid = b.typelem
ORDER BY a.attnum"""


def columns_query(table: str) -> bytes:
    """Return the query for the columns of a table, by its name as an identifier."""
    name = sent_text("a.attname")
    return _COLUMNS.format(name=name, table=read_text(table)).encode()


class Column(NamedTuple):
    """A column: its name in the client's encoding, its type without domains."""

    quoted: bytes
    oid: int = 0
    element: int = 0  # of an array
    is_string: bool = False


class Table(NamedTuple):
    """A table and those of its columns that are to be filled."""

    quoted: bytes
    columns: Sequence[Column]

    def statement(self, binary: bool) -> bytes:
        """Return the COPY statement, in the client's encoding."""
        names = b", ".join(column.quoted for column in self.columns)
        options = b" (FORMAT binary)" if binary else b""
        return b"COPY %s (%s) FROM STDIN%s" % (self.quoted, names, options)


def found_table(result: PGresult, names: Sequence[str] | None, fallback: str) -> Table:
    """Return a table of what the server has sent for `columns_query()`.

    A column that it has not is left to the server, and a table without columns, which
    has the name `fallback`.
    """
    found: dict[str, Column] = {}
    table = encoded(fallback)
    for row in range(result.ntuples):
        table, name, own, oid, element, below, is_string = (
            bytes(result.get_value(row, place) or b"") for place in range(7)
        )
        # Arrays of a domain have an element of their own in binary format.
        array_of = int(below)
        if array_of != int(element):
            oid = b"0"
        found[decoded(name)] = Column(
            _quoted(own), int(oid), array_of, is_string == b"t"
        )
    if names is None:
        return Table(table, list(found.values()))
    columns = [found.get(name) or Column(_quoted(encoded(name))) for name in names]
    return Table(table, columns)


def _quoted(name: bytes) -> bytes:
    return b'"' + name.replace(b'"', b'""') + b'"'


class Document(Dumper):
    """Dumps JSON: strings are documents, as in INSERT, what else there is is dumped."""

    original: type[DumperProtocol]

    def __init__(self, cls: type, context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        adapters = psycopg.adapters if context is None else context.adapters
        text = psycopg.adapters.types["text"].oid
        self._dump_text = adapters.get_dumper_by_oid(text, self.format)(
            str, context
        ).dump
        self._dump = self.original(cls, context).dump
        jsonb = self.oid == psycopg.adapters.types["jsonb"].oid
        self._before = b"\1" if jsonb and self.format == BINARY else b""

    def dump(self, obj: Any) -> Buffer | None:
        if isinstance(obj, str):
            return self._before + bytes(self._dump_text(obj) or b"")
        return self._dump(obj)


def take_documents(adapters: CopyAdapters) -> None:
    """Let strings for columns of JSON be documents, unless users dump JSON."""
    for oid in _JSON:
        for kind in (TEXT, BINARY):
            original = adapters.get_dumper_by_oid(oid, kind)
            if known_dumper(original) and not issubclass(original, Document):
                attributes = {
                    "__module__": __name__,
                    "original": original,
                    "oid": oid,
                    "format": kind,
                }
                adapters.register_dumper(
                    None, type(original.__name__, (Document,), attributes)
                )


def takes_binary(
    adapters: CopyAdapters,
    transformer: Transformer,
    columns: Sequence[Column],
    row: Sequence[Any],
) -> bool:
    """Return whether a row can be dumped in binary format for these columns."""
    if len(columns) != len(row):
        return False
    try:
        for column, value in zip(columns, row, strict=True):
            dumper = adapters.get_dumper_by_oid(column.oid, BINARY)
            if value is not None:
                dumper(type(None), transformer).dump(value)
    except Exception:
        return False  # dumpers raise what they like
    return True


def has_usual_dumpers(adapters: CopyAdapters, columns: Sequence[Column]) -> bool:
    """Return whether the values of columns are dumped as psycopg dumps them."""
    try:
        dumpers = [adapters.get_dumper_by_oid(each.oid, BINARY) for each in columns]
    except ProgrammingError:
        return False
    return all(map(known_dumper, dumpers))


class Unfit(Exception):
    """Rows that cannot be dumped in binary format."""

    def __init__(self, rows: Sequence[Sequence[Any]]) -> None:
        super().__init__()
        self.rows = rows


class RecordDumper:
    """Dumps rows as text for columns whose types are known."""

    def __init__(self, transformer: Transformer, columns: Sequence[Column]) -> None:
        self._transformer = transformer
        self._columns = columns
        self.width = len(columns)
        self._dumpers: list[DumperProtocol | None] = []
        for column in columns:
            try:
                dumper = transformer.adapters.get_dumper_by_oid(column.oid, TEXT)
            except ProgrammingError:
                self._dumpers.append(None)
            else:
                self._dumpers.append(dumper(type(None), transformer))

    def dump(self, row: Sequence[Any]) -> list[Buffer | None]:
        """Return the text of values. Raises `DataError` for those that do not fit."""
        if len(row) != len(self._columns):
            raise DataError(
                f"a row has {len(row)} values for {len(self._columns)} columns"
            )
        return [
            None if value is None else self.dump_value(place, value)
            for place, value in enumerate(row)
        ]

    def dumper(self, place: int, kind: type) -> type[DumperProtocol] | None:
        """Return the dumper for values of a type if that is known beforehand."""
        dumper = self._dumpers[place]
        is_json = self._columns[place].oid in _JSON
        if (
            kind is str
            and not is_json
            and (dumper is None or known_dumper(type(dumper)))
        ):
            return self._transformer.adapters.get_dumper(kind, PyFormat.TEXT)
        return None if dumper is None else type(dumper)

    def dump_value(self, place: int, value: Any) -> Buffer | None:
        """Return the text of a value. Raises `DataError` if it does not fit."""
        dumper = self._dumpers[place]
        refused: Exception | None = None
        if dumper is not None:
            try:
                return dumper.dump(value)
            except Exception as error:
                if not known_dumper(type(dumper)):
                    raise
                refused = error
        own = self._transformer.get_dumper(value, PyFormat.TEXT)
        if not self._is_read(own, value, self._columns[place]):
            raise DataError(
                f"a value of type {type(value).__name__} is not one of the type of its "
                "column: convert it before"
            ) from refused
        return own.dump(value)

    def _is_read(self, own: DumperProtocol, value: Any, column: Column) -> bool:
        """Return whether the server reads a value's text as it would convert it."""
        if not known_dumper(type(own)):
            return True
        source = own.oid
        target = column.oid
        if isinstance(value, list):
            if not column.element:
                return False
            info = self._transformer.adapters.types.get(source)
            source = info.oid if source and info is not None else 0
            target = column.element
        if not source or source == target or source in _STRINGS:
            return True
        if column.is_string:
            return source in _INTEGERS
        return target in _CONVERTED.get(source, ())
