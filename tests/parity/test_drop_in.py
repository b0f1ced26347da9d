"""Programs for psycopg print the same with pgtwin, in both forms, as with psycopg."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tools.demo import EXAMPLES, TWINS, load, run

PROGRAMS = sorted(path.name for path in (EXAMPLES / "drop_in").glob("*.py"))


def with_psycopg(program: Path) -> Callable[[str], Any]:
    """Return the `main` of a program that imports psycopg in the place of pgtwin."""
    source, replaced = re.subn(r"\bpgtwin\b", "psycopg", program.read_text("utf-8"))
    assert replaced
    module = ModuleType(f"with_psycopg_{program.stem}")
    sys.modules[module.__name__] = module  # where dataclasses look for it
    exec(compile(source, str(program), "exec", dont_inherit=True), vars(module))
    main: Callable[[str], Any] = module.main
    return main


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("folder", [EXAMPLES, TWINS], ids=["async", "sync"])
def test_prints_the_same(folder: Path, program: str, dsn: str) -> None:
    path = folder / "drop_in" / program
    expected = run(with_psycopg(path), dsn).lines
    assert expected
    assert run(load(path), dsn).lines == expected


def test_there_are_programs() -> None:
    assert len(PROGRAMS) >= 15
    twins = sorted(path.name for path in (TWINS / "drop_in").glob("*.py"))
    assert twins == PROGRAMS, "run `twingen build`"
