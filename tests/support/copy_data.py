"""Three rows and what a COPY makes of them, for the tests of both forms."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal
from uuid import UUID

import pytest

ROWS = [(10, None, "hello"), (40, "tab\tand\\N", "line\nfeed"), (50, "é", "\r")]
TEXT = b"10\t\\N\thello\n40\ttab\\tand\\\\N\tline\\nfeed\n50\t\xc3\xa9\t\\r\n"
BINARY = (
    b"PGCOPY\n\xff\r\n\0" + bytes(8) + b"\0\x03"
    b"\0\0\0\x04\0\0\0\x0a\xff\xff\xff\xff\0\0\0\x05hello\0\x03"
    b"\0\0\0\x04\0\0\0\x28\0\0\0\x09tab\tand\\N\0\0\0\x09line\nfeed\0\x03"
    b"\0\0\0\x04\0\0\0\x32\0\0\0\x02\xc3\xa9\0\0\0\x01\r\xff\xff"
)
TYPES = ["int4", "text", "text"]
FORMATS = [("", TEXT), ("(FORMAT binary)", BINARY)]
VALUES = """
    (VALUES (10, NULL, 'hello'), (40, E'tab\\tand\\\\N', E'line\\nfeed'),
    (50, 'é', E'\\r')) AS v"""
both = pytest.mark.parametrize(("options", "data"), FORMATS, ids=["text", "binary"])

# Types, and a value of each.
LOADED = [
    ("int2", -5),
    ("int8", 2**40),
    ("oid", 2**31),
    ("float4", 0.5),
    ("float8", float("inf")),
    ("bool", True),
    ("numeric", Decimal("1.50")),
    ("bytea", b"\0\\x\xff"),
    ("date", date(2024, 2, 29)),
    ("timestamptz", datetime(2024, 2, 29, 1, 2, 3, 456, tzinfo=timezone.utc)),
    ("uuid", UUID(int=7)),
    ("int4[]", [1, None, 3]),
    ("text[]", ["a,b", 'quo"te\\']),
    ("jsonb", {"a": [1, None]}),
]
