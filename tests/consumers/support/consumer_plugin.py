"""Gives the tests their driver, and writes down what became of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

if os.environ["CONSUMER_DRIVER"] == "pgtwin":
    import pgtwin

    pgtwin.install_as_psycopg()

# A test has three reports; what is worse counts.
ORDER = ["passed", "skipped", "failed"]
outcome: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    note(report.nodeid, report.outcome)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.outcome != "passed":
        note(report.nodeid, report.outcome)


def note(name: str, result: str) -> None:
    outcome[name] = max(outcome.get(name, "passed"), result, key=ORDER.index)


def pytest_sessionfinish() -> None:
    path = Path(os.environ["CONSUMER_OUTCOME"])
    path.write_text(json.dumps(outcome), encoding="utf-8")
