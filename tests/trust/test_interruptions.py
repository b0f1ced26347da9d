"""The scenarios are stopped wherever they wait, in short; `nox -s trust` at length."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Iterator

import pytest

from tests.aio.support.scenarios import SCENARIOS, Scenario
from tests.trust.forms import FORMS, formed
from tests.trust.instants import interrupt_everywhere
from tests.trust.interrupts import interrupt_often, keyboard
from tests.trust.rows import Rows
from tests.trust.suspensions import HOWS, cancel_everywhere, time_out_everywhere

INTERRUPTS = 3
# Between two instants that are tried: no multiple of what loops have.
STEP = 7


@pytest.fixture(scope="module")
def rows(dsn: str) -> Iterator[Rows]:
    """The table of the scenarios; the collector looks at what the tests make only."""
    gc.collect()
    gc.freeze()
    with Rows(dsn) as rows:
        yield rows
    gc.unfreeze()


def named(scenario: Scenario) -> str:
    return scenario.name


@pytest.mark.parametrize("how", HOWS)
def test_cancelled_at_every_suspension(dsn: str, rows: Rows, how: str) -> None:
    tried = 0
    for scenario in SCENARIOS:
        tried += asyncio.run(cancel_everywhere(dsn, scenario, how, rows)).tried
    # An answer that is there before anybody waits suspends nothing.
    assert tried > len(SCENARIOS)


@pytest.mark.parametrize("name", FORMS)
def test_timed_out_at_every_look(dsn: str, rows: Rows, name: str) -> None:
    tried = 0
    with formed(name) as form:
        for scenario in SCENARIOS:
            tried += time_out_everywhere(form, dsn, scenario.name, rows).tried
    # An answer that is there before anybody waits needs no look at the time.
    assert tried > len(SCENARIOS)


def test_interrupted_at_every_instant(dsn: str, rows: Rows) -> None:
    tried = 0
    with formed("sync") as form:
        for scenario in SCENARIOS:
            tried += interrupt_everywhere(form, dsn, scenario.name, rows, STEP).tried
    assert tried > 50 * len(SCENARIOS) / STEP


@pytest.mark.parametrize("scenario", SCENARIOS, ids=named)
def test_interrupted_at_random(dsn: str, rows: Rows, scenario: Scenario) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    with formed("sync") as form, keyboard() as keys:
        tally = interrupt_often(
            form, keys, dsn, scenario.name, rows, INTERRUPTS, random.Random(seed)
        )
    assert tally.tried == INTERRUPTS
