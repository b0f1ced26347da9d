"""Measures how fast a million rows become an Arrow table, and are copied back.

pgtwin is compared with ADBC's driver and connectorx, which also create Arrow tables,
and with pgtwin, psycopg and asyncpg with rows of Python values, which programs use
without Arrow. Each runs in a process of its own, in turns (A B C A B C ...), with one
embedded PostgreSQL over TCP. The output is medians: wall seconds, CPU seconds of the
process, and the growth of its memory in MiB.

Run it from the root of the repository: `python -m benchmarks.arrow`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

import pgtwin
from pgtwin.core.engine.implementation import IMPLEMENTATION
from tests.support.embedded_server import running_server

TABLE = """
    CREATE UNLOGGED TABLE items AS SELECT i AS id, 'name ' || i AS name,
    i::float8 / 7 AS price, i::int4 AS quantity,
    CASE WHEN i % 10 > 0 THEN '2024-01-01'::timestamptz + i * interval '1 s' END AS at
    FROM generate_series(1::int8, {rows}) i;
    CREATE UNLOGGED TABLE sink (LIKE items);
"""
QUERY = "SELECT * FROM items"
COLUMNS = ["id", "name", "price", "quantity", "at"]
TYPES = ["int8", "text", "float8", "int4", "timestamptz"]
Step = Callable[[], Any]


def uri_of(dsn: str) -> str:
    where = conninfo_to_dict(dsn)
    return f"postgresql://{where['user']}@{where['host']}:{where['port']}/{where['dbname']}"


# Each returns what is measured; what goes before it is not.


def pgtwin_arrow_out(dsn: str) -> Step:
    conn = pgtwin.Connection.connect(dsn)
    return lambda: conn.fetch_arrow(QUERY).num_rows


def pgtwin_rows_out(dsn: str) -> Step:
    conn = pgtwin.Connection.connect(dsn)

    def run() -> int:
        with conn.cursor().copy(f"COPY ({QUERY}) TO STDOUT (FORMAT binary)") as copy:
            copy.set_types(TYPES)
            return len(list(copy.rows()))

    return run


def adbc_out(dsn: str) -> Step:
    conn = import_module("adbc_driver_postgresql.dbapi").connect(uri_of(dsn))
    cursor = conn.cursor()

    def run() -> Any:
        cursor.execute(QUERY)
        return cursor.fetch_arrow_table().num_rows

    return run


def connectorx_out(dsn: str) -> Step:
    connectorx = import_module("connectorx")
    return lambda: connectorx.read_sql(
        uri_of(dsn), QUERY, return_type="arrow", protocol="binary"
    ).num_rows


def psycopg_rows_out(dsn: str) -> Step:
    conn = psycopg.connect(dsn)
    return lambda: len(conn.cursor(binary=True).execute(QUERY).fetchall())


def asyncpg_rows_out(dsn: str) -> Step:
    loop = asyncio.new_event_loop()
    conn = loop.run_until_complete(import_module("asyncpg").connect(uri_of(dsn)))
    return lambda: len(loop.run_until_complete(conn.fetch(QUERY)))


def table_of(dsn: str) -> Any:
    with pgtwin.Connection.connect(dsn) as conn:
        return conn.fetch_arrow(QUERY)


def rows_of(dsn: str) -> list[tuple[Any, ...]]:
    with pgtwin.Connection.connect(dsn) as conn:
        return conn.execute(QUERY).fetchall()


def pgtwin_arrow_in(dsn: str) -> Step:
    table = table_of(dsn)
    conn = pgtwin.Connection.connect(dsn)
    return lambda: conn.copy_arrow("sink", table)


def pgtwin_rows_in(dsn: str) -> Step:
    rows = rows_of(dsn)
    conn = pgtwin.Connection.connect(dsn)
    return lambda: conn.copy_records("sink", COLUMNS, rows)


def adbc_in(dsn: str) -> Step:
    table = table_of(dsn)
    conn = import_module("adbc_driver_postgresql.dbapi").connect(uri_of(dsn))
    return lambda: conn.cursor().adbc_ingest("sink", table, mode="append")


def psycopg_rows_in(dsn: str) -> Step:
    rows = rows_of(dsn)
    conn = psycopg.connect(dsn)

    def run() -> int:
        cursor = conn.cursor()
        with cursor.copy("COPY sink FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(TYPES)
            for row in rows:
                copy.write_row(row)
        return cursor.rowcount

    return run


def asyncpg_rows_in(dsn: str) -> Step:
    rows = rows_of(dsn)
    loop = asyncio.new_event_loop()
    conn = loop.run_until_complete(import_module("asyncpg").connect(uri_of(dsn)))

    def run() -> int:
        done = conn.copy_records_to_table("sink", records=rows)
        return int(loop.run_until_complete(done).removeprefix("COPY "))

    return run


CONTESTS: dict[str, dict[str, Callable[[str], Step]]] = {
    "out": {
        "pgtwin, fetch_arrow()": pgtwin_arrow_out,
        "ADBC": adbc_out,
        "connectorx": connectorx_out,
        "pgtwin, copy.rows()": pgtwin_rows_out,
        "psycopg, fetchall()": psycopg_rows_out,
        "asyncpg, fetch()": asyncpg_rows_out,
    },
    "in": {
        "pgtwin, copy_arrow()": pgtwin_arrow_in,
        "ADBC": adbc_in,
        "pgtwin, copy_records()": pgtwin_rows_in,
        "psycopg, write_row()": psycopg_rows_in,
        "asyncpg, copy_records_to_table()": asyncpg_rows_in,
    },
}


def memory() -> int:
    """Return the maximum memory of this process so far, in KiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def measure(dsn: str, way: str, name: str, rows: int) -> dict[str, float]:
    """Measure one run in this process, after its imports."""
    import_module("pyarrow")
    step = CONTESTS[way][name](dsn)
    Path("/proc/self/clear_refs").write_text("5")  # Linux: forget the peak so far
    before = memory()
    clock, cpu = time.perf_counter(), time.process_time()
    done = step()
    found = {
        "wall": time.perf_counter() - clock,
        "cpu": time.process_time() - cpu,
        "memory": (memory() - before) / 1024,
    }
    if done != rows:
        raise SystemExit(f"{name}: {done} rows, not {rows}")
    return found


def in_process(dsn: str, way: str, name: str, rows: int) -> dict[str, float]:
    """Measure one run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.arrow", "--rows", str(rows)]
    done = subprocess.run(
        [*command, "--once", way, name],
        env={**os.environ, "PGTWIN_TEST_DSN": dsn},
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def installed(names: Sequence[str]) -> list[str]:
    """Return the contestants whose packages are installed."""
    modules = {"ADBC": "adbc_driver_postgresql", "connectorx": "connectorx"}
    found = []
    for name in names:
        module = modules.get(name, name.partition(",")[0])
        try:
            import_module(module)
        except ModuleNotFoundError as error:
            print(f"{name} takes no part: {error}", file=sys.stderr)
        else:
            found.append(name)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--once", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    with running_server() as conninfo:
        dsn = make_conninfo(conninfo, host="127.0.0.1")
        if options.once:
            way, name = options.once
            print(json.dumps(measure(dsn, way, name, options.rows)))
            return
        with psycopg.connect(dsn, autocommit=True) as conn:
            made: Any = TABLE.format(rows=options.rows)
            conn.execute(made)
        print(f"{options.rows:,} rows, pgtwin's engine: {IMPLEMENTATION}")
        for way, contest in CONTESTS.items():
            names = installed(list(contest))
            found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
            for _ in range(options.rounds):
                for name in names:
                    found[name].append(in_process(dsn, way, name, options.rows))
                    with psycopg.connect(dsn, autocommit=True) as conn:
                        conn.execute("TRUNCATE sink")
            print(f"\n| {way} | wall, s | CPU, s | memory, MiB |\n|---|---:|---:|---:|")
            for name, each in found.items():
                wall, cpu, grown = (
                    statistics.median(one[key] for one in each)
                    for key in ("wall", "cpu", "memory")
                )
                print(f"| {name} | {wall:.2f} | {cpu:.2f} | {grown:.0f} |", flush=True)


if __name__ == "__main__":
    main()
