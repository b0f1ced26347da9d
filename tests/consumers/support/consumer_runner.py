"""Django's test runner, which writes down what became of each test."""

from __future__ import annotations

import json
import os
import unittest
from pathlib import Path
from typing import Any

from django.test.runner import DiscoverRunner

outcome: dict[str, str] = {}


class Result(unittest.TextTestResult):
    """Notes the outcome of tests, and of their subtests."""

    def note(self, test: unittest.TestCase, result: str) -> None:
        outcome[test.id()] = result

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        outcome.setdefault(test.id(), "passed")

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self.note(test, "skipped")

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self.note(test, "failed")

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self.note(test, "failed")

    def addSubTest(
        self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any
    ) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.note(test, "failed")

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self.note(test, "expected failure")

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        super().addUnexpectedSuccess(test)
        self.note(test, "unexpected success")


class Runner(DiscoverRunner):
    """Runs tests one after another, and writes their outcome at the end."""

    def get_resultclass(self) -> type[unittest.TextTestResult]:
        return Result

    def suite_result(self, suite: Any, result: Any, **kwargs: Any) -> Any:
        path = Path(os.environ["CONSUMER_OUTCOME"])
        path.write_text(json.dumps(outcome), encoding="utf-8")
        return super().suite_result(suite, result, **kwargs)
