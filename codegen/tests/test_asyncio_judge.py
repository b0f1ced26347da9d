"""The judge that runs CPython's own tests of asyncio: `nox -s asyncio-tests`."""

from __future__ import annotations

import importlib.util
import json
import runpy
import signal
import subprocess
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path(__file__).parent.parent / "asyncio_tests"
MODULES = list(runpy.run_path(str(FOLDER / "run.py"))["FLOORS"])
HAS_TESTS = (
    sys.version_info[:2] in ((3, 12), (3, 13))
    and importlib.util.find_spec("test.test_asyncio") is not None
)


def judged(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(FOLDER / "run.py"), *arguments],
        capture_output=True,
        text=True,
    )


def ignore_interrupts() -> None:
    """Do as a shell does with what it runs in the background."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.mark.skipif(not HAS_TESTS, reason="needs the tests of Python 3.12 or 3.13")
def test_one_module() -> None:
    done = judged("--times", "2", "threads")
    assert done.returncode == 0, done.stdout + done.stderr
    *_, row = done.stdout.splitlines()
    assert row.startswith("| threads | 6 | 0 | 6 | 6 | 100.0 |")


@pytest.mark.skipif(not HAS_TESTS, reason="needs the tests of Python 3.12 or 3.13")
@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_converted(module: str) -> None:
    done = judged("--times", "0", module)
    assert "it is not converted" not in done.stdout, done.stdout


@pytest.mark.skipif(not HAS_TESTS, reason="needs the tests of Python 3.12 or 3.13")
def test_failures_count(tmp_path: Path) -> None:
    """A module whose tests fail, with one that is left out and one in C."""
    (tmp_path / "test_wrong.py").write_text("""\
import signal
import unittest

class Tests(unittest.TestCase):
    def test_right(self):
        if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            self.fail("Ctrl-C is ignored")

    def test_wrong(self):
        for number in range(2):
            with self.subTest(number=number):
                self.fail("as it should")

    def test_other(self): ...

    @unittest.skip("it is in C")
    def test_skipped(self): ...
""")
    repeat = [sys.executable, str(FOLDER / "repeat.py"), "test_wrong", "3"]
    done = subprocess.run(
        [*repeat, "Tests.*_other", "Tests.test_of_the_past"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=None if sys.platform == "win32" else ignore_interrupts,
    )
    found = json.loads(done.stdout)
    counts = {key: found[key] for key in ("ran", "skipped", "left_out")}
    assert counts == {
        "ran": 2,
        "skipped": 1,
        "left_out": {"Tests.*_other": 1, "Tests.test_of_the_past": 0},
    }
    assert {name: len(traces) for name, traces in found["failures"].items()} == {
        "Tests.test_wrong": 3
    }


def test_what_is_left_out_has_a_reason() -> None:
    table = tomllib.loads((FOLDER / "left_out.toml").read_text(encoding="utf-8"))
    changed = table.pop("3.12")
    modules = [*table.values(), *changed.values()]
    reasons = [reason for module in modules for reason in module.values()]
    assert len(reasons) >= 10
    assert all(len(reason) > 15 for reason in reasons)
