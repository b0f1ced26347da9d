"""Disturbs the driver at length: `nox -s trust`, or `python -m tests.trust`.

Each part runs in a process of its own, beside its own server, some at a time; the first
failure of a part ends it. `--write` puts the figures into docs/reliability.md.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from generated.tests.support import killed_sessions as sync_load
from tests.aio.support import killed_sessions as async_load
from tests.aio.support.scenarios import SCENARIOS
from tests.support.embedded_server import running_server
from tests.trust import cuts
from tests.trust.bad_input import VALUES, Inputs
from tests.trust.forms import FORMS, formed
from tests.trust.instants import interrupt_everywhere
from tests.trust.interrupts import interrupt_often, keyboard
from tests.trust.leaks import descriptors, nothing_left
from tests.trust.rows import Rows
from tests.trust.suspensions import HOWS, cancel_everywhere, time_out_everywhere
from tests.trust.tally import Tally
from tests.trust.wire import FAULTS, wired

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"

# Interrupts for each scenario: more than a thousand for all.
INTERRUPTS = 75
# Runs that go on at once over wires that fail: those over frozen ones mainly wait.
WIRES = {"reset": 8, "half-close": 8, "delay": 12, "freeze": 48}
# Seconds under load, connections of one loop, threads of one process.
SECONDS = 60.0
CONNECTIONS = 200
THREADS = 32
# Values of each kind.
EXAMPLES = 1000

Row = tuple[str, str, int, int]


@contextmanager
def table() -> Iterator[tuple[str, Rows]]:
    """Run a server for one part, with the table of the scenarios."""
    with running_server() as dsn:
        dsn = make_conninfo(dsn, host="127.0.0.1")
        gc.collect()
        gc.freeze()
        # Longer than a run may take: who has to wait for it is too late.
        cuts.settle_in(cuts.PATIENCE)
        with Rows(dsn) as rows:
            yield dsn, rows


def suspensions() -> Iterator[Row]:
    with table() as (dsn, rows):
        for how in HOWS:
            tally = Tally()
            for scenario in SCENARIOS:
                tally += asyncio.run(cancel_everywhere(dsn, scenario, how, rows))
            yield "async", f"cancelled at every suspension, {how}", *_figures(tally)


def timeouts() -> Iterator[Row]:
    with table() as (dsn, rows):
        for name in FORMS:
            tally = Tally()
            with formed(name) as form:
                for each in SCENARIOS:
                    tally += time_out_everywhere(form, dsn, each.name, rows)
            yield name, "timed out at every look at the time", *_figures(tally)


def interrupts() -> Iterator[Row]:
    chance = random.Random(_seed())
    tally = Tally()
    with table() as (dsn, rows), formed("sync") as form, keyboard() as keys:
        for each in SCENARIOS:
            tally += interrupt_often(
                form, keys, dsn, each.name, rows, INTERRUPTS, chance
            )
    yield "sync", "Ctrl-C (SIGINT) at random instants", *_figures(tally)


def instants() -> Iterator[Row]:
    with table() as (dsn, rows), formed("sync") as form:
        tally = Tally()
        for each in SCENARIOS:
            tally += interrupt_everywhere(form, dsn, each.name, rows)
    what = "`KeyboardInterrupt` wherever CPython looks for signals"
    yield "sync", what, *_figures(tally)


def cuts_of(name: str) -> Iterator[Row]:
    with table() as (dsn, rows):
        cuts.settle_in(cuts.SETTLE)
        for fault in FAULTS:
            tally = Tally()
            with wired(dsn, WIRES[fault]) as wires:
                for each in SCENARIOS:
                    tally += cuts.cut_everywhere(name, wires, each.name, rows, fault)
            yield name, f"wire: {fault} at every byte", *_figures(tally)


def load_of(name: str) -> Iterator[Row]:
    with running_server() as dsn:
        with nothing_left():
            _work(name, dsn, 5.0)  # what is made once is made now
            before = descriptors(), _memory()
            load = _work(name, dsn, SECONDS)
            assert not load.wrong, load.wrong
            assert sum(load.lost) <= sum(load.killed), "lost, and not killed"
            gc.collect()
            after = descriptors(), _memory()
            assert after[0] <= before[0], f"descriptors: {before[0]}, then {after[0]}"
            assert after[1] < before[1] * 1.2 + 2e7, f"memory: {before[1]}, {after[1]}"
        what = (
            f"{CONNECTIONS} connections of one loop"
            if name == "async"
            else f"{THREADS} threads"
        )
        seconds = f"{SECONDS:g} s"
        yield name, f"{what}, {seconds}: operations", sum(load.done), 0
        killed = sum(load.killed)
        yield name, f"{what}, {seconds}: sessions killed", killed, sum(load.lost)
        if name == "async":
            times = asyncio.run(async_load.share(dsn, 100, 50))
        else:
            times = sync_load.share(dsn, THREADS, 50)
        yield name, "operations on one connection, shared", times, 0


def _work(name: str, dsn: str, seconds: float) -> Any:
    if name == "async":
        return asyncio.run(async_load.work_under_fire(dsn, CONNECTIONS, seconds, 0.05))
    return sync_load.work_under_fire(dsn, THREADS, seconds, 0.05)


def inputs_of(name: str) -> Iterator[Row]:
    with running_server() as dsn, formed(name) as form:
        inputs = Inputs(form, dsn, EXAMPLES)
        for cast in VALUES:
            inputs.values(cast)
        yield name, f"values of {len(VALUES)} types", *_figures(inputs.tally)
        inputs.tally = Tally()
        inputs.queries()
        inputs.shapes(False)
        inputs.shapes(True)
        inputs.names()
        inputs.many_parameters()
        inputs.gigabytes()
        yield name, "queries, rows and names without sense", *_figures(inputs.tally)
        inputs.close()


PARTS: dict[str, Callable[[], Iterator[Row]]] = {
    "cuts-async": lambda: cuts_of("async"),
    "cuts-sync": lambda: cuts_of("sync"),
    "interrupts": interrupts,
    "instants": instants,
    "suspensions": suspensions,
    "timeouts": timeouts,
    "inputs-async": lambda: inputs_of("async"),
    "inputs-sync": lambda: inputs_of("sync"),
    "load-async": lambda: load_of("async"),
    "load-sync": lambda: load_of("sync"),
}


def _figures(tally: Tally) -> tuple[int, int]:
    return tally.tried, tally.broken


def _memory() -> int:
    """Return the bytes of memory in use, 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _seed() -> int:
    seed = random.randrange(1_000_000)
    print(f"seed of the interrupts: {seed}", file=sys.stderr)
    return seed


def run_part(part: str) -> list[Row] | None:
    """Run a part in another process; return its rows, `None` if it has failed."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "tests.trust", "--part", part],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    seconds = time.monotonic() - started
    print(f"{part}: exit {done.returncode} after {seconds:.0f} s", file=sys.stderr)
    if done.returncode:
        return None
    lines = done.stdout.splitlines()
    return [_row(line) for line in lines if line.startswith("[")]


def _row(line: str) -> Row:
    form, what, tried, broken = json.loads(line)
    return form, what, tried, broken


def page_of(rows: list[Row]) -> str:
    """Return the table of all figures."""
    where = (
        f"`nox -s trust` on Python {platform.python_version()}, psycopg "
        f"{psycopg.__version__}, libpq {psycopg.pq.version() // 10000}, "
        f"{time.strftime('%Y-%m-%d')}:"
    )
    lines = [
        where,
        "",
        "| form | what was done | tried | as it should | of these: said to be broken |",
        "|---|---|--:|--:|--:|",
    ]
    for form, what, tried, broken in rows:
        lines.append(f"| {form} | {what} | {tried:,} | {tried:,} | {broken:,} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trust", description=__doc__)
    parser.add_argument("--part", choices=PARTS, help="run it here, print its figures")
    parser.add_argument("--only", choices=PARTS, nargs="*", help="parts to run")
    parser.add_argument("--jobs", type=int, default=2, help="parts at the same time")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    options = parser.parse_args()
    if options.part:
        logging.disable(logging.WARNING)
        for row in PARTS[options.part]():
            print(json.dumps(row), flush=True)
            print(*row, file=sys.stderr, flush=True)
        return 0
    with ThreadPoolExecutor(options.jobs) as pool:
        found = list(pool.map(run_part, options.only or PARTS))
    rows = [row for part in found for row in part or ()]
    page = page_of(sorted(rows))
    print(page)
    if None in found:
        print("a part has failed, see above", file=sys.stderr)
        return 1
    if options.write:
        text = PAGE.read_text(encoding="utf-8")
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}\n{page}\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
