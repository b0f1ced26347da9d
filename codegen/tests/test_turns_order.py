"""Random programs log over the turns runtime what they log under asyncio.

asyncio of Python 3.13 is what the runtime behaves like; on other versions the logs are
compared with digests of its logs.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.random_task_programs import load, play

SEEDS = range(60)
DIGESTS = Path(__file__).with_name("random_task_programs.json")


def digest(log: list[Any]) -> str:
    return hashlib.sha256(json.dumps(log).encode()).hexdigest()[:16]


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Programs leave coroutines that are never awaited and tasks that are pending.
    monkeypatch.setattr(sys, "unraisablehook", lambda raised: None)
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.filterwarnings("ignore")
def test_logs_are_those_of_asyncio_3_13() -> None:
    expected = json.loads(DIGESTS.read_text())
    names = load("turns")
    got = {str(seed): digest(play("turns", names, seed)) for seed in SEEDS}
    assert got == expected


@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(sys.version_info[:2] != (3, 13), reason="needs asyncio of 3.13")
def test_digests_are_those_of_asyncio() -> None:
    names = load("asyncio")
    got = {str(seed): digest(play("asyncio", names, seed)) for seed in SEEDS}
    assert got == json.loads(DIGESTS.read_text())
