"""How the values of a column are written in a COPY, by their Python type.

A way gives the bytes of psycopg's dumper. A way is a name and the dumper itself,
which is asked about each value that is not plain; `NOT_PLAIN` leaves the whole row to
the dumpers, and so do all values of which one cannot tell beforehand.
"""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from psycopg import pq
from psycopg.adapt import PyFormat
from psycopg.errors import ProgrammingError

from pgtwin.core.copy.dumpers import EXACT, Careful, known_dumper
from pgtwin.core.engine.copy_decoders import known

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg.abc import Dumper as DumperProtocol, Transformer

    from pgtwin.core.copy.records import RecordDumper
    from pgtwin.core.engine.copy_escapes import Escapes
    from pgtwin.core.engine.copy_formatter import Way

TEXT = pq.Format.TEXT
NoneType = type(None)
NONE: Way = "NONE", None
NOT_PLAIN: Way = "NOT_PLAIN", None

# What psycopg's dumpers of some names do with values of one type, in text format.
TEXTS: dict[type, tuple[str, tuple[str, ...]]] = {
    int: ("INT", ("IntDumper", "Int2Dumper", "Int4Dumper", "Int8Dumper")),
    float: ("FLOAT", ("FloatDumper", "Float4Dumper")),
    str: (
        "STRING",
        ("StrDumper", "StrDumperUnknown", "StrDumperVarchar", "StrDumperName"),
    ),
    bool: ("BOOL", ("BoolDumper",)),
    dt.date: ("DATE", ("DateDumper",)),
    dt.datetime: ("TIMESTAMPTZ", ("DatetimeDumper",)),
}
# The same of one column, whatever the other values are.
NAIVE = "DatetimeNoTzDumper"
UUID = "UUIDDumper", "UUIDBinaryDumper"
# Dumpers of Python types that write each value of the type themselves: they choose no
# other dumper that would write it otherwise.
DUMPED = (
    *("DecimalDumper", "BytesDumper", "DateDumper", "DatetimeDumper", NAIVE),
    *("TimedeltaDumper", "UUIDDumper"),
)
# In binary format.
BINARIES: dict[str, tuple[type, str]] = {
    **{name: (int, name.upper()) for name in ("Int2", "Int4", "Int8", "Oid")},
    **{name: (float, name.upper()) for name in ("Float4", "Float8")},
    "BoolBinaryDumper": (bool, "BOOL"),
    "BytesBinaryDumper": (bytes, "BYTES"),
    "DateBinaryDumper": (dt.date, "DATE"),
    "DatetimeBinaryDumper": (dt.datetime, "TIMESTAMPTZ"),
    "DatetimeNoTzBinaryDumper": (dt.datetime, "TIMESTAMP"),
}
STRING = "StrBinaryDumper"
# Values of these types are dumped without an effect, so that it may happen twice.
SCALARS = frozenset(
    (
        *(bool, int, float, Decimal, str, bytes),
        *(dt.date, dt.datetime, dt.time, dt.timedelta),
    )
)
# A character that some encodings turn into a backslash.
YEN = "\xa5"


def _is_uuid(kind: type) -> bool:
    # Only those who have such values have imported the module.
    return kind is getattr(sys.modules.get("uuid"), "UUID", None)


def _is_scalar(kind: type) -> bool:
    return kind in SCALARS or _is_uuid(kind)


class TextWays:
    """Ways of text format: by Python types, or types or columns that were set."""

    def __init__(
        self, transformer: Transformer, encoding: str, escapes: Escapes
    ) -> None:
        self._transformer = transformer
        # In these encodings what is a backslash must be found out value by value.
        self._special = encoding != "utf-8" and (
            escapes.by_bytes
            or "\\".encode(encoding, "replace") != b"\\"
            or YEN.encode(encoding, "replace") == b"\\"
        )
        self._oids: Sequence[int] | None = None
        self._records: RecordDumper | None = None
        self._width: int | None = None

    def set_types(self, oids: Sequence[int]) -> None:
        """Dump values as these types of the server."""
        self._oids = oids
        self._width = len(oids)

    def set_records(self, records: RecordDumper) -> None:
        """Dump values as the columns of a table need them."""
        self._records = records
        self._width = records.width

    def find(self, place: int, kind: type) -> Way:
        """Return how values of a type are written in a column."""
        if self._special or (self._width is not None and place >= self._width):
            return NOT_PLAIN
        if kind is NoneType:
            return NONE
        dumper = self._dumper(place, kind)
        if dumper is None or not known_dumper(dumper) or not _is_scalar(kind):
            return NOT_PLAIN
        name = known_dumper(dumper)
        dump: Callable[[Any], Any]
        if self._records is not None:
            dump = partial(self._records.dump_value, place)
        elif self._oids is not None:
            dump = dumper(NoneType, self._transformer).dump
        else:
            dump = dumper(kind, self._transformer).dump
        code, names = TEXTS.get(kind, ("", ()))
        if name in names:
            return code, dump
        if kind is dt.datetime and name == NAIVE:
            return "TIMESTAMP", dump
        if _is_uuid(kind) and name in UUID:
            return "UUID", dump
        if self._oids is None and self._records is None and name not in DUMPED:
            return NOT_PLAIN
        return "BY_DUMPER", dump

    def _dumper(self, place: int, kind: type) -> type[DumperProtocol] | None:
        adapters = self._transformer.adapters
        try:
            if self._records is not None:
                return self._records.dumper(place, kind)
            if self._oids is not None:
                return adapters.get_dumper_by_oid(self._oids[place], TEXT)
            return adapters.get_dumper(kind, PyFormat.TEXT)
        except ProgrammingError:
            return None  # who dumps the row says it


class BinaryWays:
    """Ways of binary format, by the dumpers of columns; none before they are known."""

    def __init__(self, encoding: str) -> None:
        self._utf8 = encoding == "utf-8"
        self._dumpers: Sequence[DumperProtocol] = []

    def set_dumpers(self, dumpers: Sequence[DumperProtocol]) -> None:
        """Dump the values of each column by a dumper of its own."""
        self._dumpers = dumpers

    def find(self, place: int, kind: type) -> Way:
        """Return how values of a type are written in a column."""
        if place >= len(self._dumpers):
            return NOT_PLAIN
        if kind is NoneType:
            return NONE
        dumper = self._dumpers[place]
        name = known(type(dumper))
        if not name or not _is_scalar(kind):
            return NOT_PLAIN
        if isinstance(dumper, Careful) and kind in EXACT.get(name, ()):
            dumper = dumper.inner
        plain, code = BINARIES.get(name, (None, ""))
        if kind is plain:
            return code, dumper.dump
        if kind is str and self._utf8 and name.startswith(STRING):
            return "STRING", dumper.dump
        if _is_uuid(kind) and name in UUID:
            return "UUID", dumper.dump
        return "BY_DUMPER", dumper.dump
