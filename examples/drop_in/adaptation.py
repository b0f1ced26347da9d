"""Python values become PostgreSQL values, and come back."""

from __future__ import annotations

import datetime as dt
import ipaddress
import uuid
from decimal import Decimal
from typing import Any

import pgtwin as psycopg
from pgtwin.types.json import Json, Jsonb, set_json_dumps, set_json_loads
from pgtwin.types.numeric import Int8
from pgtwin.types.range import Range

VALUES: list[tuple[Any, str]] = [
    (True, "bool"),
    (42, "int2"),
    (42, "int8"),
    (2**80, "numeric"),
    (1.5, "float8"),
    (Decimal("3.14"), "numeric"),
    (Decimal("NaN"), "numeric"),
    ("hello", "text"),
    ("x", "char"),
    (b"\x00\x01", "bytea"),
    (bytearray(b"ab"), "bytea"),
    (memoryview(b"cd"), "bytea"),
    (dt.date(2021, 2, 28), "date"),
    (dt.time(13, 30, 5, 120), "time"),
    (dt.time(13, 30, tzinfo=dt.timezone(dt.timedelta(hours=2))), "timetz"),
    (dt.datetime(2021, 2, 28, 1, 2, 3), "timestamp"),
    (dt.datetime(2021, 2, 28, 1, 2, 3, tzinfo=dt.timezone.utc), "timestamptz"),
    (dt.timedelta(days=3, seconds=7), "interval"),
    (uuid.UUID(int=5), "uuid"),
    (ipaddress.ip_address("10.0.0.1"), "inet"),
    (ipaddress.ip_network("10.0.0.0/8"), "cidr"),
    (ipaddress.ip_interface("::1/64"), "inet"),
    (Json({"a": [1, None]}), "json"),
    (Jsonb({"b": "c"}), "jsonb"),
    ([1, None, 3], "int4[]"),
    ([["a"], ['b"']], "text[]"),
    ([], "int4[]"),
    (Range(1, 5), "int4range"),
    (Range(empty=True), "numrange"),
    (Int8(7), "int8"),
    (None, "text"),
]


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("SET timezone TO 'UTC'")
        for value, name in VALUES:
            for binary in (False, True):
                cur = conn.cursor(binary=binary)
                try:
                    await cur.execute(f"SELECT %s::{name}".encode(), (value,))
                    print(name, await cur.fetchone())
                except psycopg.Error as error:
                    print(name, type(error).__name__)
        cur = await conn.execute("SELECT pg_typeof(%s), pg_typeof(%s)", (1, 2**40))
        print(await cur.fetchone())
        cur = await conn.execute("SELECT (1, 'x', NULL)")
        print(await cur.fetchone())
        try:
            await conn.execute("SELECT '25:00'::time, 'infinity'::date")
        except psycopg.DataError as error:
            print(error.sqlstate)
        try:
            await (await conn.execute("SELECT 'infinity'::date")).fetchone()
        except psycopg.DataError as error:
            print("not a date in Python", error.sqlstate)
        try:
            await conn.execute("SELECT %s", (object(),))
        except psycopg.ProgrammingError:
            print("object cannot be adapted")

        set_json_dumps(lambda value: '{"always": "this"}', conn)
        set_json_loads(lambda text: "loaded", conn)
        cur = await conn.execute("SELECT %s::json, %s::json::text", (Json(1), Json(2)))
        print(await cur.fetchone())
