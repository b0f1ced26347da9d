"""Converts CPython's own tests of asyncio and runs the twins, again and again.

The tests are those of the interpreter that runs this (its package `test`). Nothing of
them is in this repository, and nothing of them is edited: `names.toml` says what
becomes of the names that are not public, `left_out.toml` which tests are not run, and
why. The exit code is 1 when fewer tests always pass than are asked for.

    python codegen/asyncio_tests/run.py [--times N] [MODULE ...]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import twingen

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
# Per cent of the tests that have to pass each time: in the first modules of all, in the
# others of those that are not left out.
WHOLE = ("locks", "queues", "timeouts", "taskgroups", "waitfor", "threads")
OTHERS = ("tasks", "futures", "pep492", "runners", "streams", "subprocess")
FLOORS = {
    **dict.fromkeys(WHOLE, 98.0),
    **dict.fromkeys(OTHERS, 90.0),
}


@dataclass(frozen=True)
class Row:
    """What came of one module; `failures` are the tracebacks of each test.

    `skipped` are those that skip themselves, `left_out` how many each pattern names.
    """

    name: str
    ran: int = 0
    skipped: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0
    failures: Mapping[str, list[str]] = field(default_factory=dict)
    problem: str = ""

    @property
    def tests(self) -> int:
        """How many there are."""
        return self.ran + sum(self.left_out.values())

    @property
    def passed(self) -> int:
        """How many never failed."""
        return self.ran - len(self.failures)

    @property
    def per_cent(self) -> float:
        """How many that is, of all in the modules of `WHOLE` or of those that ran."""
        of = self.tests if self.name in WHOLE else self.ran
        return 100 * self.passed / of if of else 0

    @property
    def is_green(self) -> bool:
        """Whether that is as many as are asked for."""
        return not self.problem and self.per_cent >= FLOORS[self.name]


def read(name: str) -> Any:
    """Return a table beside this file."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def source_of(name: str) -> Path:
    """Return the file of a module of tests."""
    found = importlib.util.find_spec("test.test_asyncio")
    if found is None or not found.submodule_search_locations:
        raise SystemExit(f"{sys.executable} has no package test.test_asyncio")
    return Path(found.submodule_search_locations[0], f"test_{name}.py")


def convert(name: str) -> str:
    """Return the twin of a module of tests."""
    source = source_of(name)
    return twingen.convert(
        source.read_text(encoding="utf-8"),
        path=source.name,
        tasks="turns",
        runtime="twingen.runtime",
        libraries=read("names.toml"),
        strings=["unittest.mock.patch"],
    )


def left_out(name: str) -> dict[str, str]:
    """Return which tests of a module are left out on this Python, and why."""
    table = read("left_out.toml")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {**table.get(name, {}), **table.get(version, {}).get(name, {})}


def judge(name: str, times: int, folder: Path) -> Row:
    """Convert a module and run its tests."""
    twin = folder / f"test_{name}.py"
    started = time.monotonic()
    try:
        twin.write_text(convert(name), encoding="utf-8")
    except twingen.ConversionError as error:
        return Row(name, problem=f"it is not converted:\n{error}")
    command = [sys.executable, str(HERE / "repeat.py"), twin.stem, str(times)]
    paths = os.pathsep.join([str(folder), str(HERE.parent)])
    done = subprocess.run(
        [*command, *left_out(name)],
        env={**os.environ, "PYTHONPATH": paths},
        cwd=folder,
        capture_output=True,
        text=True,
    )
    seconds = time.monotonic() - started
    if done.returncode:
        last = "\n".join(done.stderr.splitlines()[-60:])
        return Row(
            name, seconds=seconds, problem=f"exit code {done.returncode}\n{last}"
        )
    return Row(name, seconds=seconds, **json.loads(done.stdout.splitlines()[-1]))


def line(cells: Iterable[object]) -> str:
    """Return a line of the table."""
    return f"| {' | '.join(map(str, cells))} |"


def main() -> int:
    """Print a row for each module; return 1 if one has not passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", default=list(FLOORS))
    parser.add_argument("--times", type=int, default=20, help="20 by default")
    options = parser.parse_args()
    print(line(["module", "tests", "left out", "ran", "passed", "per cent", "seconds"]))
    print("|---|--:|--:|--:|--:|--:|--:|")
    rows = []
    for name in options.modules:
        with tempfile.TemporaryDirectory() as folder:
            row = judge(name, options.times, Path(folder))
        rows.append(row)
        counts = row.tests, row.tests - row.ran, row.ran, row.passed
        shown = f"{row.per_cent:.1f}", f"{row.seconds:.1f}"
        print(line([name, *counts, *shown]), flush=True)
    for row in rows:
        for pattern, why in left_out(row.name).items():
            number = row.left_out.get(pattern, 0)
            print(f"{row.name}: {pattern} left out ({number}): {why}")
        if row.problem:
            print(f"{row.name}: {row.problem}", file=sys.stderr)
        for test, traces in row.failures.items():
            print(f"{row.name}: {test} failed {len(traces)} of {options.times} times")
            print(traces[0], file=sys.stderr)
    return 0 if all(row.is_green for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
