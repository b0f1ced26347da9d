"""Values of the server's types, and what they are in Arrow, for tests of both forms."""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa

UTC = timezone.utc
# A type, a value as text, the type of Arrow, and the value that it gives in Python.
VALUES: list[tuple[str, str, Any, object]] = [
    ("bool", "t", pa.bool_(), True),
    ("bool", "f", pa.bool_(), False),
    ("int2", "-32768", pa.int16(), -(2**15)),
    ("int4", "2147483647", pa.int32(), 2**31 - 1),
    ("int8", "-9223372036854775808", pa.int64(), -(2**63)),
    ("oid", "4294967295", pa.uint32(), 2**32 - 1),
    ("float4", "0.1", pa.float32(), 0.10000000149011612),
    ("float8", "-inf", pa.float64(), float("-inf")),
    ("float8", "1e-300", pa.float64(), 1e-300),
    ("numeric(10,2)", "-12345678.90", pa.decimal128(10, 2), Decimal("-12345678.90")),
    ("numeric(38,0)", "9" * 38, pa.decimal128(38, 0), Decimal("9" * 38)),
    (
        "numeric(38,38)",
        "-0." + "9" * 38,
        pa.decimal128(38, 38),
        Decimal("-0." + "9" * 38),
    ),
    (
        "numeric(76,5)",
        "9" * 71 + ".5",
        pa.decimal256(76, 5),
        Decimal("9" * 71 + ".50000"),
    ),
    ("numeric(100,5)", "-3.14", pa.string(), "-3.14000"),
    ("numeric", "0.000100", pa.string(), "0.000100"),
    ("numeric", "-1e20", pa.string(), "-100000000000000000000"),
    ("numeric", "12345.6700", pa.string(), "12345.6700"),
    ("numeric", "0", pa.string(), "0"),
    ("numeric", "0.00", pa.string(), "0.00"),
    ("numeric", "NaN", pa.string(), "NaN"),
    ("text", "a 'é\n\\x\t€", pa.string(), "a 'é\n\\x\t€"),
    ("varchar(5)", "", pa.string(), ""),
    ("bpchar(3)", "a", pa.string(), "a  "),
    ("name", "n", pa.string(), "n"),
    ("json", '{"a":  1}', pa.string(), '{"a":  1}'),
    ("jsonb", '{"a":  1}', pa.string(), '{"a": 1}'),
    ("bytea", "\\x00ff5c", pa.binary(), b"\0\xff\\"),
    ("uuid", str(UUID(int=7)), pa.uuid(), UUID(int=7)),
    ("date", "2024-02-29", pa.date32(), date(2024, 2, 29)),
    ("date", "0001-01-01", pa.date32(), date(1, 1, 1)),
    ("time", "23:59:59.999999", pa.time64("us"), time(23, 59, 59, 999999)),
    (
        "timestamp",
        "1969-12-31 23:59:59.999999",
        pa.timestamp("us"),
        datetime(1969, 12, 31, 23, 59, 59, 999999),
    ),
    (
        "timestamptz",
        "2024-02-29 01:02:03.000004+02",
        pa.timestamp("us", "UTC"),
        datetime(2024, 2, 28, 23, 2, 3, 4, tzinfo=UTC),
    ),
    (
        "interval",
        "-1 mon 2 days -00:00:03.000004",
        pa.month_day_nano_interval(),
        pa.MonthDayNano([-1, 2, -3000004000]),
    ),
    ("int4[]", "{1,NULL,3}", pa.list_(pa.int32()), [1, None, 3]),
    ("int4[]", "{}", pa.list_(pa.int32()), []),
    ("int4[]", "[0:1]={1,2}", pa.list_(pa.int32()), [1, 2]),
    ("text[]", '{"a,b","",NULL}', pa.list_(pa.string()), ["a,b", "", None]),
    ("inet", "10.0.0.0/8", pa.string(), "10.0.0.0/8"),
    ("int4range", "[1,5)", pa.string(), "[1,5)"),
    ("timetz", "01:02:03+02", pa.string(), "01:02:03+02"),
]
