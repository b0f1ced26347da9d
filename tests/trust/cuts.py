"""Each scenario over a wire that fails at each of its bytes.

Law: a run ends in time, with all done or an error of the right class; nothing that is
committed is reported as if it was not; a new connection works.
"""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

from psycopg import errors as e

from pgtwin.core.deadlines import OperationTimeout
from tests.trust.forms import Form
from tests.trust.rows import Rows
from tests.trust.tally import Tally
from tests.trust.wire import DIRECTIONS, Cut, Wire

# What the error of a lost connection may say; the server itself often says nothing.
LOSSES = (None, "08007", "08P01", "57P01")
# Seconds of an operation, and seconds to come to rest after, on a wire that is frozen.
TIMEOUT = 0.5
SETTLE = 0.5
CONVERSATIONS = ("pgtwin.aio.conversation", "pgtwin_sync.conversation")
# Seconds in which a run has to end, its check and a new connection included.
LIMIT = 10.0
# More bytes than that are sampled, so many of them.
MANY = 2000
SAMPLE = 800


def settle_quickly() -> None:
    """Have both forms wait less than five seconds for a server that does not answer."""
    for name in CONVERSATIONS:
        module: Any = import_module(name)
        module.SETTLE_TIMEOUT = SETTLE


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
    form: Form,
    wire: Wire,
    name: str,
    rows: Rows,
    fault: str,
    step: int = 1,
) -> Tally:
    """Play a scenario once for every `step`th byte, in both directions."""
    stages = form.scenarios
    (scenario,) = (each for each in stages.SCENARIOS if each.name == name)
    tally = Tally()
    outcomes: list[tuple[Cut, int, type[BaseException] | None]] = []
    sizes = _measure(form, wire, scenario, rows)
    for direction in DIRECTIONS:
        for after in places(sizes[direction], step):
            cut = Cut(direction, after, fault)
            where = f"{form.name} {name}, {cut}"
            started = time.monotonic()
            mark = rows.new_mark()
            error, works = _play(form, wire, scenario, mark, cut, where)
            if name == "two_phase":
                rows.forget_prepared()
            # The error itself would keep alive all that its traceback sees.
            outcomes.append((cut, mark, None if error is None else type(error)))
            assert time.monotonic() - started < LIMIT, f"{where}: too late"
            assert not form.unhandled, f"{where}: {form.unhandled}"
            tally.add(works)
    for cut, mark, kind in outcomes:
        _check(scenario, rows.number(mark), kind, f"{form.name} {name}, {cut}")
    return tally


def _measure(form: Form, wire: Wire, scenario: Any, rows: Rows) -> dict[str, int]:
    """Return how many bytes a scenario sends in each direction."""
    stages = form.scenarios
    wire.cut(None)
    stage = form.run(stages.open_stage, wire.conninfo, scenario, 30.0)
    wire.cut(Cut("nowhere", 0, ""))
    form.run(scenario.play, stage._replace(mark=rows.new_mark()))
    sizes = dict(wire.passed)
    form.run(stages.close_stage, stage)
    return sizes


def _play(
    form: Form, wire: Wire, scenario: Any, mark: int, cut: Cut, where: str
) -> tuple[e.Error | None, bool]:
    """Return the error with which a scenario ends, and whether its connection works."""
    stages = form.scenarios
    wire.cut(None)
    timeout = TIMEOUT if cut.fault == "freeze" else 5.0
    dsn = f"{wire.conninfo} connect_timeout=2"
    stage = form.run(stages.open_stage, dsn, scenario, timeout)
    wire.cut(cut)
    error: e.Error | None = None
    try:
        form.run(scenario.play, stage._replace(mark=mark))
    except e.OperationalError as lost:
        error = lost
    assert error is None or error.sqlstate in LOSSES, f"{where}: {error!r}"
    assert error is None or cut.fault != "delay", f"{where}: {error!r}"
    works = form.run(stages.at_rest, stage.conn)
    assert works or cut.fault != "delay", f"{where}: broken"
    wire.cut(None)
    form.run(stages.close_stage, stage)
    again = form.run(stages.open_stage, dsn, stages.SCENARIOS[0], None)
    assert form.run(stages.at_rest, again.conn), f"{where}: no new connection"
    form.run(stages.close_stage, again)
    return error, works


def _check(
    scenario: Any, found: int, error: type[BaseException] | None, where: str
) -> None:
    said = f"{where}: {found} rows, though {error}"
    if error is None:
        assert found == scenario.rows, said
    elif issubclass(error, (e.TransactionResolutionUnknown, OperationTimeout)):
        assert found in (0, scenario.rows), said
    else:
        assert found == 0, said
