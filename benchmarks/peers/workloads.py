"""The operations that every driver runs: tables, queries, workloads.

A query is the same for all drivers; only its placeholders differ.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

TABLES = """
CREATE TABLE items AS SELECT i AS id, 'item ' || i AS name, i * 1.5::float8 AS weight,
    '2026-01-01 12:00+00'::timestamptz + i * interval '1 minute' AS made
    FROM generate_series(1, 100000) AS i;
CREATE TABLE accounts AS SELECT i AS id, 'owner ' || i AS owner,
    i * 1000::int8 AS total, i / 7.0::float8 AS rate, i % 2 = 0 AS open,
    '2026-01-01 12:00+00'::timestamptz + i * interval '1 minute' AS made,
    (i / 100.0)::numeric(12, 2) AS balance, md5(i::text)::uuid AS token
    FROM generate_series(1, 1000) AS i;
ALTER TABLE accounts ADD PRIMARY KEY (id);
CREATE UNLOGGED TABLE sink (id int4, name text, weight float8, made timestamptz);
"""
ONE_ROW = "SELECT %s::int4 AS number, %s::text AS name"
BY_KEY = "SELECT * FROM accounts WHERE id = %s"
MIXED = """SELECT id, total, rate, open, made, balance, token, owner,
    made::date AS day, mod(id, 7) AS part FROM accounts"""
ALL_ITEMS = "SELECT id, name, weight, made FROM items"
SOME_ITEMS = "SELECT id, name, weight, made FROM items LIMIT 1000"
STREAMED = "SELECT id, name, weight, made FROM items LIMIT 10000"
INSERT = "INSERT INTO sink (id, name) VALUES (%s, %s)"
CLEAR = "TRUNCATE sink"
SUMS = "SELECT count(*), sum(id), sum(weight), max(name), max(made) FROM sink"
COPY_IN = "COPY sink (id, name, weight, made) FROM STDIN"
COPY_OUT = "COPY (SELECT * FROM items LIMIT 10000) TO STDOUT"
BINARY = " (FORMAT binary)"
ZONE = "SET TIME ZONE 'Europe/Berlin'"
NO_ZONE = "RESET TIME ZONE"
TYPES = ("int4", "text", "float8", "timestamptz")

INSERTED = [(number, f"name {number}") for number in range(1000)]
_START = dt.datetime(2026, 1, 1, 12, tzinfo=dt.timezone.utc)
COPIED = [
    (number, f"item {number}", number * 1.5, _START + dt.timedelta(minutes=number))
    for number in range(10_000)
]
# What COPIED is as data in text format.
BLOCK = "".join(
    f"{number}\t{name}\t{weight}\t{made:%Y-%m-%d %H:%M:%S+00}\n"
    for number, name, weight, made in COPIED
).encode()
BLOCKS = [BLOCK[start : start + 8192] for start in range(0, len(BLOCK), 8192)]

PIPELINED = 100
NOTIFICATIONS = 1000
NOTIFY = "SELECT count(pg_notify(%s, i::text)) FROM generate_series(1, 1000) AS i"


@dataclass
class Item:
    """A row of `items` as an object."""

    id: int
    name: str
    weight: float
    made: dt.datetime


@dataclass(frozen=True)
class Workload:
    """One operation; `method` is its name in the classes of the drivers.

    `before` is executed before each measurement. `sums` is a query whose result is
    compared if the operation returns nothing. With a `pool` of connections, an
    operation is done on each. An operation is `short` if it is a single query.
    """

    method: str
    title: str
    before: str = ""
    sums: str = ""
    pool: int = 0
    only: str = ""  # sync or async
    short: bool = False


WORKLOADS = {
    "one-row-cursor": Workload("one_row_cursor", "one row, reused cursor", short=True),
    "one-row-execute": Workload(
        "one_row_execute", "one row, `conn.execute`", short=True
    ),
    "by-key": Workload("by_key", "key look-up, 8 columns", short=True),
    "fetch-mixed": Workload("fetch_mixed", "fetchall, 1,000 x 10 mixed"),
    "fetch-many": Workload("fetch_many", "fetchall, 100,000 x 4"),
    "fetch-many-zone": Workload(
        "fetch_many_zone", "fetchall, 100,000 x 4, Berlin's time"
    ),
    "fetch-dicts": Workload("fetch_dicts", "1,000 x 4 as dicts"),
    "fetch-named": Workload("fetch_named", "1,000 x 4 as named tuples"),
    "fetch-objects": Workload("fetch_objects", "1,000 x 4 as objects"),
    "stream": Workload("stream", "stream, 10,000 x 4"),
    "insert-many": Workload("insert_many", "executemany, 1,000 inserts", CLEAR, SUMS),
    "copy-in-rows": Workload("copy_in_rows", "COPY in, `write_row`, text", CLEAR, SUMS),
    "copy-in-rows-binary": Workload(
        "copy_in_rows_binary", "COPY in, `write_row`, binary", CLEAR, SUMS
    ),
    "copy-in-many": Workload(
        "copy_in_many", "COPY in, fastest call for rows, text", CLEAR, SUMS
    ),
    "copy-in-many-binary": Workload(
        "copy_in_many_binary", "COPY in, fastest call for rows, binary", CLEAR, SUMS
    ),
    "copy-records": Workload("copy_records", "COPY in, records", CLEAR, SUMS),
    "copy-in-blocks": Workload(
        "copy_in_blocks", "COPY in, blocks of 8 KiB", CLEAR, SUMS
    ),
    "copy-out-messages": Workload("copy_out_messages", "COPY out, iterated, text"),
    "copy-out-blocks": Workload(
        "copy_out_blocks", "COPY out, fastest call for data, text"
    ),
    "copy-out-blocks-binary": Workload(
        "copy_out_blocks_binary", "COPY out, fastest call for data, binary"
    ),
    "copy-out-rows": Workload("copy_out_rows", "COPY out, typed rows, text"),
    "copy-out-rows-binary": Workload(
        "copy_out_rows_binary", "COPY out, typed rows, binary"
    ),
    "pipeline": Workload("pipeline", "pipeline of 100 queries"),
    "connect": Workload("connect", "connect and close", short=True),
    "notifications": Workload("notifications", "1,000 notifications", NOTIFY),
    "connections": Workload(
        "together", "one row, 50 connections in one loop", pool=50, only="async"
    ),
    "threads": Workload(
        "together", "one row, 8 threads and connections", pool=8, only="sync"
    ),
}


def numbered(query: str) -> str:
    """Return a query with the server's own placeholders, `$1`, `$2` ..."""
    count = iter(range(1, 100))
    return re.sub("%s", lambda _: f"${next(count)}", query)
