"""Dumpers of a COPY: those of psycopg, for values that they dump as what they are.

A value that a column's dumper would make another one of is refused, whatever the
other columns are. Dumpers of users are left as they are.

Psycopg's take some values on trust: the one of booleans stores true for `'f'`, the one
of `float4` infinity for 1e40, those of times read memory that is no time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from math import isinf
from struct import Struct
from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg import pq
from psycopg.adapt import Dumper, PyFormat
from psycopg.errors import DataError
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from pgtwin.core.adaptation.adapters import Adapters
from pgtwin.core.engine.copy_decoders import known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.abc import (
        AdaptContext,
        Buffer,
        Dumper as DumperProtocol,
        DumperKey,
        Transformer,
    )

TEXT = pq.Format.TEXT
BINARY = pq.Format.BINARY

NoneType = type(None)
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


def _is_like(value: Any, stored: float) -> bool:
    """Return whether a number has become neither zero nor infinity on its way."""
    return bool(stored) == bool(value) and (not isinf(stored) or value == stored)


class Float8(Dumper):
    """Dumps what fits; psycopg's own makes infinity of decimals that are too large."""

    format = BINARY
    oid = psycopg.adapters.types["float8"].oid
    lasting = True  # numbers of Python's own type
    _pack = Struct("!d").pack
    _unpack = Struct("!d").unpack

    def dump(self, obj: Any) -> Buffer:
        if type(obj) is float and self.lasting:
            return self._pack(obj)
        try:
            data = self._pack(obj)
        except OverflowError:
            pass
        else:
            if _is_like(obj, self._unpack(data)[0]):
                return data
        raise DataError("a number does not fit the type of its column")


class Float4(Float8):
    oid = psycopg.adapters.types["float4"].oid
    lasting = False
    _pack = Struct("!f").pack
    _unpack = Struct("!f").unpack


NUMBERS: dict[str, type[Dumper]] = {
    "Int2BinaryDumper": Int2,
    "Int4BinaryDumper": Int4,
    "Int8BinaryDumper": Int8,
    "OidBinaryDumper": Oid,
    "Float4BinaryDumper": Float4,
    "FloatBinaryDumper": Float8,
    "NPInt16BinaryDumper": Int2,
    "NPInt32BinaryDumper": Int4,
    "NPInt64BinaryDumper": Int8,
}


def _of(*classes: type) -> Accepts:
    return lambda value: isinstance(value, classes)


def _is_boolean(value: Any) -> bool:
    cls = type(value)
    return cls is bool or (cls.__module__ == "numpy" and "bool" in cls.__name__)


def _is_day(value: Any) -> bool:
    return isinstance(value, dt.date) and getattr(value, "tzinfo", None) is None


def _is_float(value: Any) -> bool:
    if type(value) is float:
        return True
    try:
        return _is_like(value, float(value))
    except OverflowError:
        return False


# What stands in lists, and is no list.
SINGLE = frozenset((type(None), bool, int, float, str, bytes))


def _is_array(value: Any) -> bool:
    """Return whether a list has lists everywhere or nowhere at each depth."""
    if not isinstance(value, list):
        return False
    if SINGLE.issuperset(map(type, value)):
        return True
    lists = [each for each in value if isinstance(each, list)]
    return not lists or (
        len(lists) + value.count(None) == len(value) and all(map(_is_array, lists))
    )


def _is_naive_range(value: Any) -> bool:
    """Return whether a range has no bound whose offset would be dropped."""
    return isinstance(value, Range) and not any(
        getattr(bound, "tzinfo", None) for bound in (value.lower, value.upper)
    )


def _is_naive_multirange(value: Any) -> bool:
    return isinstance(value, Multirange) and all(map(_is_naive_range, value))


def _is_address(value: Any) -> bool:
    return type(value).__module__ == "ipaddress"


def _is_host(value: Any) -> bool:
    """Return whether an address has no network, which would be dropped."""
    return _is_address(value) and type(value).__name__.endswith("Address")


def _is_oid(value: Any) -> bool:
    return hasattr(value, "__index__") and 0 <= value < 2**32


def _is_integer(value: Any) -> bool:
    return hasattr(value, "__index__")


def _or_text(accepts: Accepts) -> Accepts:
    """Take strings too, which the server reads."""
    return lambda value: isinstance(value, str) or accepts(value)


_is_duration = _of(dt.timedelta)
_is_time = _of(dt.time)


def _is_duration_or_text(value: Any) -> bool:
    # Psycopg drops commas, also those of strings.
    return _is_duration(value) or (isinstance(value, str) and "," not in value)


_is_data = _of(bytes, bytearray, memoryview)

INTEGERS = ("Int2Dumper", "Int4Dumper", "Int8Dumper")

# What the dumpers of these names take, besides what they refuse themselves.
ACCEPTED: dict[str, Accepts] = {
    "BoolDumper": _is_boolean,
    "BoolBinaryDumper": _is_boolean,
    "OidDumper": _is_oid,
    **dict.fromkeys(INTEGERS, _is_integer),
    "FloatDumper": _is_float,
    "Float4Dumper": _is_float,
    "TimestampRangeDumper": _is_naive_range,
    "TimestampRangeBinaryDumper": _is_naive_range,
    "TimestampMultirangeDumper": _is_naive_multirange,
    "TimestampMultirangeBinaryDumper": _is_naive_multirange,
    "BinaryBinaryDumper": _is_data,
    "BytesBinaryDumper": _is_data,
    "DateDumper": _or_text(_is_day),
    "DateBinaryDumper": _is_day,
    "TimeDumper": _or_text(_is_time),
    "TimeBinaryDumper": _is_time,
    "DatetimeNoTzDumper": _or_text(_is_day),
    "DatetimeDumper": _or_text(_of(dt.date)),
    "TimedeltaDumper": _is_duration_or_text,
    "TimedeltaBinaryDumper": _is_duration,
    "InterfaceDumper": _or_text(_is_address),
    "NetworkDumper": _or_text(_is_address),
    "AddressBinaryDumper": _is_host,
    # It dumps nothing itself: other dumpers do, by the size of a number.
    "IntBinaryDumper": _of(int),
}
# The same by the end of their names, which begin with the names of types.
FAMILIES: dict[str, Accepts] = {
    "MultirangeDumper": _of(Multirange),
    "MultirangeBinaryDumper": _of(Multirange),
    "RangeDumper": _of(Range),
    "RangeBinaryDumper": _of(Range),
    "ListDumper": _of(list, tuple),
    "ListBinaryDumper": _is_array,
}
# Values of these very types are taken without a look at each.
EXACT: dict[str, frozenset[type]] = {
    **dict.fromkeys(INTEGERS, frozenset({int})),
    "BoolDumper": frozenset({bool}),
    "BoolBinaryDumper": frozenset({bool}),
    "FloatDumper": frozenset({float}),
    "Float4Dumper": frozenset({float}),
    "DateDumper": frozenset({dt.date}),
    "TimeDumper": frozenset({dt.time}),
    "DatetimeDumper": frozenset({dt.datetime}),
    "TimedeltaDumper": frozenset({dt.timedelta}),
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
        self._context = context
        self.inner = self.original(cls, context)
        self._accepts = type(self).accepts
        self._exact = EXACT.get(type(self).__name__, frozenset())
        self._dump = self.inner.dump

    def get_key(
        self,
        obj: Any,
        format: PyFormat,  # noqa: A002 (as psycopg names it)
    ) -> DumperKey:
        return self.inner.get_key(obj, format)

    def upgrade(
        self,
        obj: Any,
        format: PyFormat,  # noqa: A002 (as psycopg names it)
    ) -> Dumper:
        upgraded = self.inner.upgrade(obj, format)
        if upgraded is self.inner:
            return self
        cls = careful(type(upgraded))
        if cls is type(upgraded):
            return cast("Dumper", upgraded)
        made = cast("Dumper", cls(self.cls, self._context))
        if isinstance(made, Careful):
            made.inner = upgraded
            made.oid = upgraded.oid
            made._dump = upgraded.dump
        return made

    def dump(self, obj: Any) -> Buffer | None:
        if type(obj) not in self._exact and not self._accepts(obj):
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
    if name in INTEGERS and not dumper.__module__.startswith("psycopg."):
        return dumper  # those in C refuse what is no integer, others cut it off
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
        """Return the dumper for a Python type.

        In binary format it may be used for other values too, and refuses those.
        """
        dumper = super().get_dumper(cls, format)
        return careful(dumper) if format == PyFormat.BINARY else dumper


class DumpersByPlace(Adapters):
    """Adapters whose types are the numbers of columns, each with its own dumper."""

    def __init__(self, dumpers: Sequence[DumperProtocol]) -> None:
        super().__init__()
        self._by_place = dumpers

    def get_dumper_by_oid(
        self,
        oid: int,
        format: pq.Format,  # noqa: A002 (as psycopg names it)
    ) -> Any:
        """Return what gives the dumper of a column."""
        return lambda cls, context: self._by_place[oid]


class LaterDumper(Dumper):
    """The dumper of a column whose first row has NULL: the first value decides it."""

    format = BINARY

    def __init__(self, cls: type, context: Transformer) -> None:
        super().__init__(cls, context)
        self._transformer = context
        self._decided: DumperProtocol | None = None

    def dump(self, obj: Any) -> Buffer | None:
        if self._decided is None:
            self._decided = self._transformer.get_dumper(obj, PyFormat.BINARY)
        return self._decided.dump(obj)
