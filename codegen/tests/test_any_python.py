"""The same sources give the same bytes, whatever runs twingen.

The examples are compared with their expected twins byte by byte wherever the tests run.
Run as a program, this prints a hash of what becomes of all examples and programs; the
nox session `same-bytes` compares those of all Pythons that are installed.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from support.case_files import CASES
from support.program_runner import FOLDER, Unformatted, twin_of, ways
from twingen.conversion.convert import Settings

if TYPE_CHECKING:  # the session has no pytest
    import pytest

PROGRAMS = sorted(FOLDER.glob("*.py"))
# The comparison is split, so that several workers can take a part.
PARTS = 4


def digest() -> str:
    """Return a hash of what becomes of all examples and programs."""
    found = hashlib.sha256()
    for case in CASES:
        kind, text = case.result(case.source)
        found.update(f"{case.name}\n{kind}\n{text}\n".encode())
    for text in twins(Settings, PROGRAMS):
        found.update(text.encode())
    return found.hexdigest()


def twins(settings: type[Settings], programs: Iterable[Path]) -> Iterator[str]:
    """Yield the twins of programs, in each way that tasks may become."""
    for path in programs:
        code = path.read_text(encoding="utf-8")
        for tasks in ways(code):
            yield twin_of(code, settings, tasks)


def twins_of_part(part: int) -> list[str]:
    """Return the twins of a part of the programs, which nobody has laid out."""
    return list(twins(Unformatted, PROGRAMS[part::PARTS]))


def differing(part: int) -> list[str]:
    """Return the examples of a part that do not get what they say."""
    return [
        case.name
        for case in CASES[part::PARTS]
        if case.result(case.source) != (case.kind, case.expected)
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("part", range(PARTS))


def test_twins_do_not_depend_on_hashing(part: int) -> None:
    """Sets and dictionaries are never iterated in an order of their own.

    Another process has another order.
    """
    program = f"""
import json
from test_any_python import differing, twins_of_part
print(json.dumps([differing({part}), twins_of_part({part})]))
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": str(part + 1)},
    )
    wrong, found = json.loads(run.stdout)
    assert wrong == []
    assert found == twins_of_part(part)


if __name__ == "__main__":
    print(digest())
