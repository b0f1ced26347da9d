"""Loads a CSV file with COPY, and shows how far it is."""

from __future__ import annotations

import asyncio
import csv
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pgtwin
from pgtwin import sql

BLOCK = 1 << 16  # bytes


def bar(done: int, total: int) -> None:
    """Draw a bar on a terminal; elsewhere it would only be in the way."""
    if sys.stderr.isatty():
        part = done / total if total else 1.0
        filled = "#" * int(part * 40)
        end = "\n" if done == total else ""
        print(f"\r[{filled:40}] {part:4.0%}", end=end, file=sys.stderr, flush=True)


async def load(
    conn: pgtwin.AsyncConnection[Any],
    path: Path,
    table: str,
    progress: Callable[[int, int], None] = bar,
) -> int:
    """Copy a file with a header into a table, all or nothing; return how many rows."""
    total = path.stat().st_size
    query = sql.SQL("COPY {} FROM STDIN (FORMAT csv, HEADER match)").format(
        sql.Identifier(table)
    )
    cur = conn.cursor()
    done = 0
    with path.open("rb") as file:
        async with conn.transaction(), cur.copy(query) as copy:
            # A file may be slow to read; the event loop does not wait for it.
            while block := await asyncio.to_thread(file.read, BLOCK):
                await copy.write(block)
                done += len(block)
                progress(done, total)
    return cur.rowcount


def write_sample(path: Path, rows: int, last: str) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["city", "degrees"])
        writer.writerows((f"city {n}, north", n % 40) for n in range(rows))
        writer.writerow(["the last one", last])


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("CREATE TEMP TABLE readings (city text, degrees int)")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "readings.csv")
            write_sample(path, 50_000, "warm")
            try:
                await load(conn, path, "readings")
            except pgtwin.DataError as error:
                print(f"nothing loaded: {error.diag.context}")
            write_sample(path, 50_000, "21")
            print(await load(conn, path, "readings"))
        cur = await conn.execute("SELECT count(*), max(degrees) FROM readings")
        print(await cur.fetchone())


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
