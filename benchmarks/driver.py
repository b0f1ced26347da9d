"""Compares pgtwin with psycopg, psycopg2, pg8000, asyncpg and psqlpy.

Two other columns are plain calls of libpq, which every driver over libpq needs, and
pgtwin with a wait that was not generated.

Every driver does the same with one embedded PostgreSQL, in turns (A B C A B C ...),
after its values were compared once. The output is medians of the wall time and of the
CPU time of this process for one operation. For the other drivers it is the medians of
their ratios to pgtwin's in the same round, wall / CPU: 2.00 is twice as slow as pgtwin.

On a machine with few cores, the cores of client and server vary. `--pinned` keeps both
on one core, which is better for short queries.

Run it from the root of the repository: `python -m benchmarks.driver`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

import pgtwin
from benchmarks.aio.family import AsyncFamily, AsyncOwn
from benchmarks.peers.by_hand import ByHand
from benchmarks.peers.charts import draw
from benchmarks.peers.measuring import Contest, Entrant, Figures
from benchmarks.peers.processes import growth, instructions, memory, of_each
from benchmarks.peers.profiling import profile
from benchmarks.peers.report import (
    OURS,
    markdown,
    markdown_of_counts,
    versions,
    write_json,
)
from benchmarks.peers.workloads import TABLES, WORKLOADS
from generated.benchmarks.family import Family, Own
from tests.support.embedded_server import running_server

Made = Callable[[str, str], Any]  # of a conninfo and a channel to listen to


def _same(cls: Any) -> Any:
    """Return psycopg's class, of which the family needs what pgtwin's has."""
    return cls


# Ours first: the others are compared with it.
SYNC: dict[str, Made] = {
    OURS: lambda dsn, channel: Own(pgtwin.Connection, dsn, channel),
    "psycopg": lambda dsn, channel: Family(_same(psycopg.Connection), dsn, channel),
    "by_hand": ByHand,
}
ASYNC: dict[str, Made] = {
    OURS: lambda dsn, channel: AsyncOwn(pgtwin.AsyncConnection, dsn, channel),
    "psycopg": lambda dsn, channel: AsyncFamily(
        _same(psycopg.AsyncConnection), dsn, channel
    ),
}


def peers(own: dict[str, Made], modules: dict[str, str]) -> dict[str, Made]:
    """Return the constructors of the drivers: pgtwin, psycopg, and others."""
    made = dict(own)
    for name, class_name in modules.items():
        try:
            made[name] = getattr(
                import_module(f"benchmarks.peers.{name}_peer"), class_name
            )
        except ModuleNotFoundError as error:
            print(f"{name} takes no part: {error}", file=sys.stderr)
    return made


@contextmanager
def open_entrants(
    dsn: str, sides: list[str], drivers: list[str] | None
) -> Iterator[list[Entrant]]:
    """Connect all drivers, or some of them, in all forms."""
    sync = peers(SYNC, {"psycopg2": "Psycopg2", "pg8000": "Pg8000", "libpq": "Libpq"})
    concurrent = peers(ASYNC, {"asyncpg": "Asyncpg", "psqlpy": "Psqlpy"})
    loops: dict[str, asyncio.AbstractEventLoop | None] = {"sync": None}
    loops["asyncio"] = asyncio.new_event_loop()
    try:
        loops["uvloop"] = import_module("uvloop").new_event_loop()
    except ModuleNotFoundError as error:
        print(f"uvloop takes no part: {error}", file=sys.stderr)
    entrants: list[Entrant] = []
    try:
        for side in sides:
            if side not in loops:
                continue
            for name, make in (concurrent if loops[side] else sync).items():
                if drivers and name not in drivers:
                    continue
                channel = f"{side}_{name}"
                entrant = Entrant(name, side, channel, make(dsn, channel), loops[side])
                entrant.call("open")
                entrants.append(entrant)
        yield entrants
    finally:
        for entrant in entrants:
            entrant.call("close")
        for loop in loops.values():
            if loop is not None:
                loop.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=WORKLOADS, metavar="WORKLOAD")
    parser.add_argument(
        "--sides", nargs="+", default=["sync", "asyncio", "uvloop"], metavar="SIDE"
    )
    parser.add_argument("--drivers", nargs="+", metavar="DRIVER")
    parser.add_argument("--over", choices=["socket", "tcp"], default="socket")
    parser.add_argument(
        "--pinned", action="store_true", help="client and server on one core"
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--seconds", type=float, default=0.1, help="of each measurement"
    )
    parser.add_argument(
        "--profile", action="store_true", help="print the calls of an operation instead"
    )
    parser.add_argument(
        "--memory",
        action="store_true",
        help="print by how much an operation makes a fresh process grow instead",
    )
    parser.add_argument(
        "--instructions",
        action="store_true",
        help="print thousands of instructions of an operation instead (valgrind)",
    )
    # What a process does that is counted.
    parser.add_argument("--growth", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--times", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--plot", action="store_true", help="draw charts beside them")
    options = parser.parse_args()
    if options.pinned:
        # The server inherits it.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    results: dict[str, dict[str, dict[str, Figures]]] = {}
    counts: dict[str, dict[str, dict[str, float]]] = {}
    count = memory if options.memory else instructions
    with running_server() as dsn, psycopg.connect(dsn, autocommit=True) as control:
        if options.over == "tcp":
            dsn = make_conninfo(dsn, host="127.0.0.1")
        if not options.growth and not options.times:
            control.execute(TABLES)
            control.execute("VACUUM ANALYZE")
        contest = Contest(control, options.rounds, options.seconds)
        with open_entrants(dsn, options.sides, options.drivers) as entrants:
            for name in options.only or WORKLOADS:
                if options.growth:
                    print(growth(contest, WORKLOADS[name], entrants[0]))
                    return
                if options.times:
                    contest.repeat(WORKLOADS[name], entrants[0], options.times)
                    return
                if options.memory or options.instructions:
                    counts[name] = of_each(dsn, name, entrants, count)
                    continue
                if options.profile:
                    for entrant in entrants:
                        if entrant.does(WORKLOADS[name]):
                            print(profile(contest, WORKLOADS[name], entrant))
                    continue
                print(WORKLOADS[name].title, file=sys.stderr, flush=True)
                results[name] = contest.run(WORKLOADS[name], entrants)
    if options.profile:
        return
    print(", ".join(f"{name} {number}" for name, number in versions().items()), "\n")
    if options.memory or options.instructions:
        print(markdown_of_counts(counts))
        return
    print(markdown(results))
    if options.json:
        write_json(results, options.json)
    if options.json and options.plot:
        draw(options.json)


if __name__ == "__main__":
    main()
