"""Measures drivers in turns (A B C A B C ...): wall time, and CPU time of the client.

Nothing is measured before its values were found equal to the reference's.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from benchmarks.peers.workloads import Workload

MOST = 100_000


@dataclass
class Time:
    """Seconds of one operation: wall time, and CPU time of this process."""

    wall: float
    cpu: float


@dataclass
class Entrant:
    """A driver in one form: sync, or async with one kind of event loop."""

    name: str
    side: str
    channel: str
    peer: Any
    loop: asyncio.AbstractEventLoop | None
    times: list[Time] = field(default_factory=list)

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of the driver, in its event loop if it has one."""
        value = getattr(self.peer, method)(*arguments)
        return value if self.loop is None else self.loop.run_until_complete(value)

    def does(self, workload: Workload) -> bool:
        """Return whether the driver has such a thing."""
        side = "async" if self.loop else "sync"
        return workload.only in ("", side) and hasattr(self.peer, workload.method)


@dataclass(frozen=True)
class Figures:
    """Medians for one driver, and medians of its ratios to ours, round by round."""

    wall: float
    cpu: float
    wall_ratio: float
    cpu_ratio: float


def plain(value: Any) -> Any:
    """Return a value in a form that can be compared between drivers."""
    if isinstance(value, dict):
        return plain(list(value.values()))
    if isinstance(value, (list, tuple)) or type(value).__name__ == "Record":
        if value and all(
            isinstance(each, (bytes, bytearray, memoryview)) for each in value
        ):
            return b"".join(value)
        return [plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return plain(vars(value))
    if isinstance(value, uuid.UUID):
        return str(value)  # as psqlpy has it
    return value


class Contest:
    """Measures workloads with the drivers that have them."""

    def __init__(
        self, control: psycopg.Connection[Any], rounds: int, seconds: float
    ) -> None:
        self._control = control
        self._rounds = rounds
        self._seconds = seconds

    def run(
        self, workload: Workload, entrants: Sequence[Entrant]
    ) -> dict[str, dict[str, Figures]]:
        """Return the figures of the drivers of each form; the first one is pgtwin."""
        entrants = [entrant for entrant in entrants if entrant.does(workload)]
        self._check(workload, entrants)
        counts = [self.calibrate(workload, entrant) for entrant in entrants]
        for entrant in entrants:
            entrant.times.clear()
        for _ in range(self._rounds):
            for entrant, count in zip(entrants, counts, strict=True):
                entrant.times.append(self.measure(workload, entrant, count))
        figures: dict[str, dict[str, Figures]] = {}
        for entrant in entrants:
            side = [each for each in entrants if each.side == entrant.side]
            figures.setdefault(entrant.side, {})[entrant.name] = _figures(
                entrant.times, side[0].times
            )
        return figures

    def _check(self, workload: Workload, entrants: Sequence[Entrant]) -> None:
        found: dict[str, Any] = {}
        for entrant in entrants:
            value = plain(self._once(workload, entrant))
            if workload.sums:
                value = self._control.execute(workload.sums).fetchall()
            found[f"{entrant.name} ({entrant.side})"] = value
        reference, expected = next(iter(found.items()))
        for name, value in found.items():
            if value != expected:
                raise SystemExit(
                    f"{workload.title}: {name} does not give what {reference} gives"
                    f"\n{str(value)[:500]}\n{str(expected)[:500]}"
                )

    def _once(self, workload: Workload, entrant: Entrant) -> Any:
        values: list[Any] = []
        self._with_pool(
            workload,
            entrant,
            lambda: values.append(entrant.call(workload.method, 1)),
        )
        return values[0]

    def _with_pool(
        self, workload: Workload, entrant: Entrant, work: Callable[[], None]
    ) -> None:
        if workload.before:
            parameters = (entrant.channel,) if "%s" in workload.before else None
            self._control.execute(workload.before.encode(), parameters)
        if not workload.pool:
            work()
            return
        entrant.call("open_pool", workload.pool)
        try:
            entrant.call(workload.method, 10)  # until statements are prepared
            work()
        finally:
            entrant.call("close_pool")

    def calibrate(self, workload: Workload, entrant: Entrant) -> int:
        """Return the number of calls that fill the time of a measurement."""
        count = 1
        while count < MOST:
            taken = self.measure(workload, entrant, count).wall
            taken *= count * (workload.pool or 1)
            if taken > self._seconds / 4:
                return max(1, round(count * self._seconds / taken))
            count *= 4
        return count

    def repeat(self, workload: Workload, entrant: Entrant, times: int) -> None:
        """Do an operation a number of times."""
        calls = 1 if workload.before else times
        for _ in range(times // calls):
            self._with_pool(
                workload, entrant, lambda: entrant.call(workload.method, calls)
            )

    def measure(self, workload: Workload, entrant: Entrant, count: int) -> Time:
        """Return the time of one of several operations."""
        wall = cpu = 0.0

        def timed() -> None:
            nonlocal wall, cpu
            calls = 1 if workload.before else count
            gc.collect()
            cpu -= time.process_time()
            wall -= time.perf_counter()
            entrant.call(workload.method, calls)
            wall += time.perf_counter()
            cpu += time.process_time()

        for _ in range(count if workload.before else 1):
            self._with_pool(workload, entrant, timed)
        operations = count * (workload.pool or 1)
        return Time(wall / operations, cpu / operations)


def _figures(times: Sequence[Time], ours: Sequence[Time]) -> Figures:
    pairs = list(zip(times, ours, strict=True))
    return Figures(
        statistics.median(each.wall for each in times),
        statistics.median(each.cpu for each in times),
        statistics.median(their.wall / our.wall for their, our in pairs),
        statistics.median(their.cpu / our.cpu for their, our in pairs),
    )
