"""Runs the tests of one module again and again; prints what came of them as JSON.

    python repeat.py MODULE TIMES [PATTERN ...]

Tests that match a pattern are left out.
"""

from __future__ import annotations

import contextlib
import faulthandler
import fnmatch
import gc
import importlib
import io
import json
import os
import signal
import sys
import unittest
import warnings
from collections.abc import Iterator

MOST_BYTES = 4 << 30
"""What the process may have: a loop that spins must not take the machine's memory."""

MOST_SECONDS = 300
"""How long one repetition may take."""


def main(module_name: str, times: int, patterns: list[str]) -> None:
    """Run the tests, and print the counts and what failed."""
    cap_memory()
    # A shell has what it runs in the background ignore Ctrl-C, for which tests wait.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    output = os.fdopen(os.dup(1), "w")
    warnings.simplefilter("ignore")  # as many tests leave coroutines behind
    module = importlib.import_module(module_name)
    ran = 0
    left_out: dict[str, int] = {}
    skipped: set[str] = set()
    failures: dict[str, list[str]] = {}
    for _ in range(times):
        faulthandler.dump_traceback_later(MOST_SECONDS, exit=True)
        loaded = unittest.defaultTestLoader.loadTestsFromModule(module)
        tests = list(each_test(loaded))
        kept = [test for test in tests if not matches(test, patterns)]
        left_out = {each: number_of(tests, each) for each in patterns}
        result = unittest.TestResult()
        with contextlib.redirect_stderr(io.StringIO()):
            unittest.TestSuite(kept).run(result)
        gc.collect()
        skipped.update(short_name(test) for test, _ in result.skipped)
        ran = len({short_name(test) for test in kept} - skipped)
        failed = {short_name(test): trace for test, trace in both(result)}
        for name, trace in failed.items():
            failures.setdefault(name, []).append(trace)
    faulthandler.cancel_dump_traceback_later()
    counts = {"ran": ran, "skipped": len(skipped), "left_out": left_out}
    json.dump({**counts, "failures": failures}, output)
    output.close()


def both(result: unittest.TestResult) -> list[tuple[unittest.TestCase, str]]:
    """Return the tests that failed, and those that raised something else."""
    return [*result.failures, *result.errors]


def cap_memory() -> None:
    """Let the process have no more than `MOST_BYTES`, where there is such a limit."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))


def each_test(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    """Yield the tests of a suite."""
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            yield from each_test(each)
        else:
            yield each


def short_name(test: unittest.TestCase) -> str:
    """Return `Class.test`, also of a part that `subTest()` makes."""
    case = getattr(test, "test_case", test)
    return f"{type(case).__name__}.{getattr(case, '_testMethodName', case)}"


def number_of(tests: list[unittest.TestCase], pattern: str) -> int:
    """Return how many tests a pattern names."""
    return sum(matches(each, [pattern]) for each in tests)


def matches(test: unittest.TestCase, patterns: list[str]) -> bool:
    """Return whether a test is left out."""
    name = short_name(test)
    return any(fnmatch.fnmatchcase(name, each) for each in patterns)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
