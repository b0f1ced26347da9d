"""A sample of what is installed passes through `convert`; `corpus` reads all of it."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest

from support.case_files import CASES
from support.installed_sources import files, outcome
from twingen.syntax.traversal import children

SAMPLE = [path for path in files() if path.stat().st_size < 20_000][::400]


@pytest.mark.parametrize("path", [pytest.param(p, id=p.name) for p in SAMPLE])
def test_sample_passes(path: Path) -> None:
    found = outcome(path)
    assert found.passed, found


def test_children_are_those_of_libcst() -> None:
    """The walk of this project leaves out plain whitespace and nothing else."""
    compared = 0
    for case in CASES:
        try:
            waiting: list[cst.CSTNode] = [cst.parse_module(case.source)]
        except (cst.ParserSyntaxError, cst.CSTLogicError):
            continue
        while waiting:
            node = waiting.pop()
            plain = (cst.SimpleWhitespace, cst.Newline)
            expected = [c for c in node.children if not isinstance(c, plain)]
            assert [*map(id, children(node))] == [*map(id, expected)], type(node)
            compared += 1
            waiting.extend(expected)
    assert compared > 10_000
