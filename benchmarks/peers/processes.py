"""Measures operations in a process of their own: instructions, and memory.

The process does nothing before except connect.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from benchmarks.peers.measuring import Contest, Entrant
from benchmarks.peers.workloads import WORKLOADS, Workload

# The figures of each side's drivers.
Figures: TypeAlias = Mapping[str, Mapping[str, float]]
# Of a conninfo, a workload's name and a driver.
Count: TypeAlias = Callable[[str, str, Entrant], float]

# Instructions are the difference between two runs, with these numbers of operations.
FEW, MORE = 200, 400
FEW_LONG, MORE_LONG = 8, 10  # of those that are many


def of_each(
    dsn: str, name: str, entrants: Sequence[Entrant], count: Count
) -> dict[str, dict[str, float]]:
    """Return the counts for each driver that has a workload."""
    found: dict[str, dict[str, float]] = {}
    for entrant in entrants:
        if entrant.does(WORKLOADS[name]):
            found.setdefault(entrant.side, {})[entrant.name] = count(dsn, name, entrant)
    return found


def memory(dsn: str, name: str, entrant: Entrant) -> float:
    """Return the maximum growth of a process during an operation, in MiB."""
    done = _run([], dsn, name, entrant, "--growth")
    return int(done.stdout) / 1024


def growth(contest: Contest, workload: Workload, entrant: Entrant) -> int:
    """Return the maximum growth of this process during an operation, in KiB."""
    Path("/proc/self/clear_refs").write_text("5")  # Linux: forget the peak so far
    before = _peak()
    contest.measure(workload, entrant, 1)
    return _peak() - before


def _peak() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def instructions(dsn: str, name: str, entrant: Entrant) -> float:
    """Return the instructions of a process for one operation, in thousands.

    Instructions of the system are not included.
    """
    few, more = (FEW, MORE) if WORKLOADS[name].short else (FEW_LONG, MORE_LONG)
    counter = ["valgrind", "--tool=cachegrind", "--cache-sim=no"]
    counter.append("--cachegrind-out-file=/dev/null")
    found = []
    for times in (few, more):
        done = _run(counter, dsn, name, entrant, "--times", str(times))
        (counted,) = re.findall(r"I +refs: +([\d,]+)", done.stderr)
        found.append(int(counted.replace(",", "")))
    return (found[1] - found[0]) / (more - few) / 1000


def _run(
    before: Sequence[str], dsn: str, name: str, entrant: Entrant, *options: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(*before, sys.executable, "-m", "benchmarks.driver", *options),
            *("--only", name, "--sides", entrant.side, "--drivers", entrant.name),
        ],
        env={**os.environ, "PGTWIN_TEST_DSN": dsn, "PYTHONHASHSEED": "0"},
        check=True,
        capture_output=True,
        text=True,
    )
