"""Each scenario over a wire that fails at each of its bytes.

A run ends in time, with all done or an error of the right class; nothing that is
committed is reported as if it was not; a new connection works.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Event
from typing import Any, NamedTuple

from psycopg import errors as e

from pgtwin.core.connecting.hosts import SHORTEST_TIMEOUT
from pgtwin.core.deadlines import OperationTimeout
from tests.trust.forms import Form, formed
from tests.trust.rows import Rows
from tests.trust.tally import Tally
from tests.trust.wire import DIRECTIONS, NAME, Cut, Wire

# What the error of a lost connection may say; the server itself often says nothing.
LOSSES = (None, "08007", "08P01", "57P01")
# Seconds of an operation, and seconds to come to rest after, on a wire that is frozen.
TIMEOUT = 0.5
SETTLE = 0.5
# Seconds of what is not to be late, though the machine may stand still.
PATIENCE = 60.0
# Seconds in which a run has to end, its check and a new connection included.
LIMIT = 45.0
# More bytes than that are sampled, so many of them.
MANY = 2000
SAMPLE = 800
# Times that a run is tried: it may be over before the byte comes, for its timeout.
TRIES = 20


class Outcome(NamedTuple):
    """How a run has ended, and whether the stream came so far as to be cut."""

    cut: Cut
    mark: int
    # The error itself would keep alive all that its traceback sees.
    error: type[BaseException] | None
    works: bool
    struck: bool


def settle_in(seconds: float) -> None:
    """Have both forms wait so long for a server that does not answer, not 5 seconds."""
    for name in ("pgtwin.aio.libpq.cancellation", "pgtwin_sync.libpq.cancellation"):
        module: Any = import_module(name)
        module.SETTLE_TIMEOUT = seconds
        module.UNREAD_TIMEOUT = seconds / 2


def places(size: int, step: int) -> list[int]:
    """Return after how many bytes to cut a stream of so many."""
    if size > MANY:
        edge = SAMPLE // 4
        middle = range(edge, size - edge, (size - 2 * edge) // (2 * edge) + 1)
        every = [*range(edge), *middle, *range(size - edge, size)]
    else:
        every = list(range(size))
    return every[::step]


def cut_everywhere(
    form: str, wires: list[Wire], name: str, rows: Rows, fault: str, step: int = 1
) -> Tally:
    """Play a scenario once for every `step`th byte, in both directions.

    Each wire has a thread of its own, and a form in it: as many runs go on at once.
    """
    with formed(form) as own:
        lane = Lane(own, wires[0], name, rows, fault)
        sizes = lane.measure()
        lane.close()
    # Threads may share the iterator of a list: a step of it is one instruction.
    cuts = iter(
        [
            Cut(direction, after, fault)
            for direction in DIRECTIONS
            for after in places(sizes[direction], step)
        ]
    )
    failed = Event()

    def play(wire: Wire) -> list[Outcome]:
        outcomes: list[Outcome] = []
        try:
            with formed(form) as own:
                lane = Lane(own, wire, name, rows, fault)
                for cut in cuts:
                    outcomes.extend(lane.play(cut))
                    if failed.is_set():
                        break
                lane.close()
        except BaseException:
            failed.set()
            raise
        return outcomes

    with ThreadPoolExecutor(len(wires)) as threads:
        found = [each for some in threads.map(play, wires) for each in some]
    # Nobody commits any more.
    rows.wait_until_gone(NAME)
    numbers = rows.numbers(each.mark for each in found)
    tally = Tally()
    for each in found:
        _check(f"{form} {name}", each, numbers.get(each.mark, 0), lane.scenario.rows)
        if each.struck:
            tally.add(each.works)
    return tally


class Lane:
    """Plays a scenario over a wire of its own, again and again.

    The connection that is made after a run shows that one can be made, and plays next.
    """

    def __init__(
        self, form: Form, wire: Wire, name: str, rows: Rows, fault: str
    ) -> None:
        self.scenario = form.scenario(name)
        self._form = form
        self._stages = form.scenarios
        self._wire = wire
        self._rows = rows
        frozen = fault == "freeze"
        self._timeout = TIMEOUT if frozen else PATIENCE
        self._connect_timeout = SHORTEST_TIMEOUT if frozen else PATIENCE
        wire.cut(None)
        self.stage = self._opened(f"{form.name} {name}")

    def measure(self) -> dict[str, int]:
        """Return how many bytes the scenario sends in each direction."""
        self._wire.cut(Cut("nowhere", 0, ""))
        stage = self.stage._replace(mark=self._rows.new_mark())
        self._form.run(self.scenario.play, stage)
        time.sleep(0.1)  # for the last words, which nobody waits for
        return dict(self._wire.passed)

    def play(self, cut: Cut) -> Iterator[Outcome]:
        """Play until the stream has been cut."""
        where = f"{self._form.name} {self.scenario.name}, {cut}"
        for _ in range(TRIES):
            started = time.monotonic()
            outcome = self._play(cut, where)
            assert time.monotonic() - started < LIMIT, f"{where}: too late"
            assert not self._form.unhandled, f"{where}: {self._form.unhandled}"
            yield outcome
            if outcome.struck:
                return
        raise AssertionError(f"{where}: the stream never comes so far")

    def close(self) -> None:
        """Close the last connection."""
        self._form.run(self._stages.close_stage, self.stage)

    def _play(self, cut: Cut, where: str) -> Outcome:
        run = self._form.run
        mark = self._rows.new_mark()
        error: e.Error | None = None
        self._wire.cut(cut)
        try:
            run(self.scenario.play, self.stage._replace(mark=mark))
        except e.OperationalError as lost:
            error = lost
        assert error is None or error.sqlstate in LOSSES, f"{where}: {error!r}"
        assert error is None or cut.fault != "delay", f"{where}: {error!r}"
        works = run(self._stages.at_rest, self.stage.conn)
        assert works or cut.fault != "delay", f"{where}: broken"
        struck = self._wire.struck
        self._wire.cut(None)
        self.close()
        self.stage = self._opened(where)
        if self.scenario.name == "two_phase":
            self._rows.forget_prepared(mark)
        return Outcome(cut, mark, None if error is None else type(error), works, struck)

    def _opened(self, where: str) -> Any:
        stages = self._stages
        run = self._form.run
        dsn = self._wire.conninfo
        patient = f"{dsn} connect_timeout={PATIENCE:g}"
        stage = run(stages.open_stage, patient, self.scenario, self._timeout)
        # The short times are for the wire that will fail.
        stage.conn.command_timeout = PATIENCE
        assert run(stages.at_rest, stage.conn), f"{where}: no new connection"
        stage.conn.command_timeout = self._timeout
        return stage._replace(dsn=f"{dsn} connect_timeout={self._connect_timeout:g}")


def _check(where: str, outcome: Outcome, found: int, expected: int) -> None:
    error = outcome.error
    said = f"{where}, {outcome.cut}: {found} rows, though {error}"
    if error is None:
        assert found == expected, said
    elif issubclass(error, (e.TransactionResolutionUnknown, OperationTimeout)):
        assert found in (0, expected), said
    else:
        assert found == 0, said
