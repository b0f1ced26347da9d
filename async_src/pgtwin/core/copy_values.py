"""Dumpers of a COPY: those of psycopg, for values that they dump as what they are.

Law: a value that a column's dumper would make another one of is refused, whatever the
other columns are. Dumpers of users are left as they are.

Psycopg's take some values on trust: the one of booleans stores true for `'f'`, the one
of `float4` infinity for 1e40, those of times read memory that is no time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg import pq
from psycopg.adapt import Dumper
from psycopg.errors import DataError
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from pgtwin.core.adapters import Adapters
from pgtwin.core.copy_data import known

if TYPE_CHECKING:
    from psycopg.abc import AdaptContext, Buffer, Dumper as DumperProtocol, PyFormat

TEXT = pq.Format.TEXT
BINARY = pq.Format.BINARY

Accepts = Callable[[Any], bool]


class Int2(Dumper):
    """Dumps what fits; psycopg's own cuts off what does not."""

    format = BINARY
    oid = psycopg.adapters.types["int2"].oid
    dump: Any = staticmethod(Struct("!h").pack)


class Int4(Int2):
    oid = psycopg.adapters.types["int4"].oid
    dump: Any = staticmethod(Struct("!i").pack)


class Int8(Int2):
    oid = psycopg.adapters.types["int8"].oid
    dump: Any = staticmethod(Struct("!q").pack)


class Oid(Int2):
    oid = psycopg.adapters.types["oid"].oid
    dump: Any = staticmethod(Struct("!I").pack)


_pack_float4 = Struct("!f").pack


class Float4(Dumper):
    """Dumps what fits; psycopg's own makes infinity or zero of other numbers."""

    format = BINARY
    oid = psycopg.adapters.types["float4"].oid

    def dump(self, obj: Any) -> Buffer:
        data = _pack_float4(obj)
        if obj and data in ZEROS:
            raise OverflowError("float too small for a float4")
        return data


ZEROS = (_pack_float4(0.0), _pack_float4(-0.0))
NUMBERS: dict[str, type[Dumper]] = {
    "Int2BinaryDumper": Int2,
    "Int4BinaryDumper": Int4,
    "Int8BinaryDumper": Int8,
    "OidBinaryDumper": Oid,
    "Float4BinaryDumper": Float4,
}


def _of(*classes: type) -> Accepts:
    return lambda value: isinstance(value, classes)


def _is_boolean(value: Any) -> bool:
    cls = type(value)
    return cls is bool or (cls.__module__ == "numpy" and "bool" in cls.__name__)


def _is_naive(value: Any) -> bool:
    """Tell whether the server would read what it says: no offset is dropped."""
    return isinstance(value, dt.datetime) and value.tzinfo is None


def _is_day(value: Any) -> bool:
    return isinstance(value, dt.date) and getattr(value, "tzinfo", None) is None


def _is_address(value: Any) -> bool:
    return type(value).__module__ == "ipaddress"


def _is_oid(value: Any) -> bool:
    return hasattr(value, "__index__") and 0 <= value < 2**32


def _or_text(accepts: Accepts) -> Accepts:
    """Take strings too, which the server reads."""
    return lambda value: isinstance(value, str) or accepts(value)


_is_duration = _of(dt.timedelta)
_is_time = _of(dt.time)
_is_data = _of(bytes, bytearray, memoryview)

# What the dumpers of these names take, besides what they refuse themselves.
ACCEPTED: dict[str, Accepts] = {
    "BoolDumper": _is_boolean,
    "BoolBinaryDumper": _is_boolean,
    "OidDumper": _is_oid,
    "BinaryBinaryDumper": _is_data,
    "BytesBinaryDumper": _is_data,
    "DateDumper": _or_text(_is_day),
    "DateBinaryDumper": _is_day,
    "TimeDumper": _or_text(_is_time),
    "TimeBinaryDumper": _is_time,
    "DatetimeNoTzDumper": _or_text(_is_day),
    "DatetimeNoTzBinaryDumper": _is_naive,
    "DatetimeDumper": _or_text(_of(dt.date)),
    "TimedeltaDumper": _or_text(_is_duration),
    "TimedeltaBinaryDumper": _is_duration,
    "InterfaceDumper": _or_text(_is_address),
    "NetworkDumper": _or_text(_is_address),
}
# The same by the end of their names, which begin with the names of types.
FAMILIES: dict[str, Accepts] = {
    "MultirangeDumper": _of(Multirange),
    "MultirangeBinaryDumper": _of(Multirange),
    "RangeDumper": _of(Range),
    "RangeBinaryDumper": _of(Range),
    "ListDumper": _of(list, tuple),
    "ListBinaryDumper": _of(list),
}
# Values of these very types are taken without a look at each.
EXACT: dict[str, frozenset[type]] = {
    "BoolDumper": frozenset({bool}),
    "BoolBinaryDumper": frozenset({bool}),
    "BinaryBinaryDumper": frozenset({bytes}),
    "BytesBinaryDumper": frozenset({bytes}),
    "DateBinaryDumper": frozenset({dt.date}),
    "TimeBinaryDumper": frozenset({dt.time}),
    "TimedeltaBinaryDumper": frozenset({dt.timedelta}),
}


def known_dumper(cls: type) -> str:
    """Return the name of a dumper class that is psycopg's or ours, else nothing."""
    if cls.__module__ == "abc" and cls.__mro__[1].__module__.startswith("psycopg."):
        # Psycopg has made it of another one, for a type.
        return known(cls.__mro__[1]) and cls.__name__
    return known(cls)


class Careful(Dumper):
    """A dumper of psycopg that first looks at what it is given."""

    original: type[DumperProtocol]
    accepts: Accepts

    def __init__(self, cls: type, context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        self.inner = self.original(cls, context)
        self._accepts = type(self).accepts
        self._dump = self.inner.dump

    def dump(self, obj: Any) -> Buffer | None:
        if not self._accepts(obj):
            raise DataError(
                f"a value of type {type(obj).__name__} is not what "
                f"{self.original.__name__} dumps: give one of the type of the column"
            )
        return self._dump(obj)


@lru_cache(maxsize=1000)
def careful(dumper: type[DumperProtocol]) -> type[DumperProtocol]:
    """Return a dumper class that refuses what the given one would change."""
    name = known_dumper(dumper)
    if name in NUMBERS:
        return NUMBERS[name]
    accepts = ACCEPTED.get(name)
    if accepts is None:
        accepts = next((FAMILIES[end] for end in FAMILIES if name.endswith(end)), None)
    if accepts is None:
        return dumper
    attributes = {
        "__module__": __name__,
        "original": dumper,
        "accepts": staticmethod(accepts),
        "oid": dumper.oid,
        "format": dumper.format,
    }
    return cast("type[DumperProtocol]", type(name, (Careful,), attributes))


class CopyAdapters(Adapters):
    """Adapters that have careful dumpers for columns of a COPY."""

    def get_dumper_by_oid(
        self,
        oid: int,
        format: pq.Format,  # noqa: A002 (as psycopg names it)
    ) -> type[DumperProtocol]:
        """Return the dumper for a type of the server, which refuses other values."""
        return careful(super().get_dumper_by_oid(oid, format))

    def get_dumper(
        self,
        cls: type,
        format: PyFormat,  # noqa: A002 (as psycopg names it)
    ) -> type[DumperProtocol]:
        """Return the dumper for a Python type; numbers that do not fit are refused."""
        dumper = super().get_dumper(cls, format)
        return NUMBERS.get(known(dumper), dumper)
