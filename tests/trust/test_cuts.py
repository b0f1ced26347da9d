"""The scenarios over a wire that fails, in short; `nox -s trust` at every byte."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.trust import cuts
from tests.trust.forms import FORMS, formed
from tests.trust.rows import Rows
from tests.trust.wire import Wire


@pytest.fixture(scope="module")
def rows(tcp_dsn: str) -> Iterator[Rows]:
    """The table of the scenarios."""
    with Rows(tcp_dsn) as rows:
        yield rows


@pytest.fixture(scope="module")
def wire(tcp_dsn: str) -> Iterator[Wire]:
    """A wire that fails when it is told to."""
    with Wire(tcp_dsn) as wire:
        yield wire


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    for name in cuts.CONVERSATIONS:
        monkeypatch.setattr(f"{name}.SETTLE_TIMEOUT", cuts.SETTLE)


@pytest.mark.parametrize(
    ("fault", "step"), [("reset", 197), ("half-close", 197), ("delay", 797)]
)
@pytest.mark.parametrize("name", FORMS)
def test_cut_here_and_there(
    wire: Wire, rows: Rows, name: str, fault: str, step: int
) -> None:
    with formed(name) as form:
        for scenario in form.scenarios.SCENARIOS:
            if scenario.name in ("large_parameter", "fetch"):
                continue  # megabytes each time
            tally = cuts.cut_everywhere(form, wire, scenario.name, rows, fault, step)
            assert tally.tried


@pytest.mark.parametrize("name", FORMS)
def test_frozen_here_and_there(wire: Wire, rows: Rows, name: str) -> None:
    with formed(name) as form:
        tally = cuts.cut_everywhere(form, wire, "copy_in", rows, "freeze", 200)
        assert tally.broken == tally.tried >= 1
