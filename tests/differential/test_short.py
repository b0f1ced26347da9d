"""Random programs, always the same few hundred; `nox -s differential` plays more."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import Phase, given, settings

from tests.differential.steps import Program
from tests.differential.strategies import (
    FEATURES,
    SUPPRESSED,
    programs,
)
from tests.differential.trial import Trial

# psycopg's compiled code ends its process in some programs with server-side cursors.
PLAYED = FEATURES - {"server"}

pytestmark = [
    # Programs forget connections, and use handlers beside notifies().
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore:using 'notifies"),
]


@pytest.fixture(scope="module")
def trial(dsn: str) -> Iterator[Trial]:
    """The drivers, with databases of their own."""
    with Trial(dsn, str(os.getpid())) as trial:
        yield trial


@settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=SUPPRESSED,
)
@given(program=programs(PLAYED))
def test_programs(trial: Trial, program: Program) -> None:
    found = trial.difference(program)
    assert found is None, f"{found[0]}, {found[1]}\n{program}\n{program!r}"
