"""The scenarios over a wire that fails, in short; `nox -s trust` at every byte."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.aio.support.scenarios import SCENARIOS
from tests.trust import cuts
from tests.trust.forms import FORMS
from tests.trust.rows import Rows
from tests.trust.wire import Wire, wired

# Runs that go on at once.
WIRES = 4


@pytest.fixture(scope="module")
def rows(tcp_dsn: str) -> Iterator[Rows]:
    """The table of the scenarios."""
    with Rows(tcp_dsn) as rows:
        yield rows


@pytest.fixture(scope="module")
def wires(tcp_dsn: str) -> Iterator[list[Wire]]:
    """Wires that fail when they are told to."""
    with wired(tcp_dsn, WIRES) as wires:
        yield wires


@pytest.fixture(autouse=True)
def quick(patient_driver: None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    cuts.settle_in(cuts.SETTLE)


@pytest.mark.parametrize(
    ("fault", "step"), [("reset", 197), ("half-close", 197), ("delay", 397)]
)
@pytest.mark.parametrize("name", FORMS)
def test_cut_here_and_there(
    wires: list[Wire], rows: Rows, name: str, fault: str, step: int
) -> None:
    for scenario in SCENARIOS:
        if scenario.name in ("large_parameter", "fetch"):
            continue  # megabytes each time
        tally = cuts.cut_everywhere(name, wires, scenario.name, rows, fault, step)
        assert tally.tried
        if fault == "delay":
            assert tally.broken == 0


@pytest.mark.parametrize("name", FORMS)
def test_frozen_here_and_there(wires: list[Wire], rows: Rows, name: str) -> None:
    tally = cuts.cut_everywhere(name, wires, "copy_in", rows, "freeze", 40)
    assert tally.broken == tally.tried >= 4
