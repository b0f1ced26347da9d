"""Shows which calls an operation makes, and where it spends its time.

A profile shows where to look, but its times are not exact: Python's profiler makes each
Python call slower, and does not see the work of libpq and psycopg in C.
"""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.peers.measuring import Contest, Entrant
from benchmarks.peers.workloads import Workload

# Calls for fewer than this part of the operations belong to the beginning or the end.
SELDOM = 0.5
MOST = 20


def profile(contest: Contest, workload: Workload, entrant: Entrant) -> str:
    """Return a Markdown table of the calls of one operation, the slowest first."""
    count = contest.calibrate(workload, entrant)
    profiler = cProfile.Profile()
    profiler.enable()
    contest.measure(workload, entrant, count)
    profiler.disable()
    operations = count * (workload.pool or 1)
    # typeshed does not know what every profiler since Python 1 has.
    stats: Mapping[Any, Any] = vars(pstats.Stats(profiler))["stats"]
    rows = sorted(
        (
            (own / operations, calls / operations, path, name)
            for (path, _, name), (_, calls, own, _, _) in stats.items()
            if calls >= SELDOM * operations
        ),
        reverse=True,
    )
    lines = [
        f"| {workload.title}, {entrant.name}, {entrant.side} | calls | us |",
        "|---|--:|--:|",
    ]
    for own, calls, path, name in rows[:MOST]:
        place = "" if path == "~" else f"{Path(path).stem}."
        lines.append(f"| `{place}{name}` | {calls:.3g} | {own * 1e6:.2f} |")
    return "\n".join(lines) + "\n"
