"""Every example of every rule, and the laws that all twins obey.

An example is one file, `cases/<rule>/<what>.py`: a source, then
`# ---- twin ----` and its twin, or `# ---- refused ----` and what is said of it;
a file with neither stays as it is. Comments configure: `# renames: Async* = *`,
`# row: module.name = other.name`.
"""

from __future__ import annotations

import ast
import re
import sys

import black
import pytest
from _pytest.mark.structures import ParameterSet

from support.case_files import CASES, FOLDER, Case
from twingen.rules import RULES
from twingen.rules.rule import Rule
from twingen.syntax.traversal import EVERYTHING

_NEWER = re.compile(r"^# python: 3\.(\d+)$", re.MULTILINE)
CONVERTED = [case for case in CASES if case.kind == "twin"]


def named(cases: list[Case]) -> list[ParameterSet]:
    return [pytest.param(case, id=case.name) for case in cases]


def can_be_read_here(case: Case) -> bool:
    """Return whether this Python knows the syntax of an example."""
    needed = _NEWER.search(case.source)
    return needed is None or sys.version_info >= (3, int(needed[1]))


@pytest.mark.parametrize("case", named(CASES))
def test_example(case: Case) -> None:
    assert case.result(case.source) == (case.kind, case.expected)


@pytest.mark.parametrize("case", named(CONVERTED))
def test_twin_is_laid_out_as_black_does(case: Case) -> None:
    assert black.format_str(case.expected, mode=black.Mode()) == case.expected


@pytest.mark.parametrize("case", named(CONVERTED))
def test_twin_of_twin_is_itself(case: Case) -> None:
    assert case.result(case.expected) == ("unchanged", case.expected)


@pytest.mark.parametrize("case", named(CONVERTED))
def test_nothing_asynchronous_is_left(case: Case) -> None:
    if not can_be_read_here(case):
        pytest.skip("newer syntax than this Python's")
    left = [
        type(node).__name__
        for node in ast.walk(ast.parse(case.expected))
        if type(node).__name__.startswith(("Async", "Await"))
        or (isinstance(node, ast.comprehension) and node.is_async)
    ]
    assert left == []


@pytest.mark.parametrize("case", named(CONVERTED))
def test_sources_compile(case: Case) -> None:
    """An example that Python itself rejects shows nothing."""
    if not can_be_read_here(case):
        pytest.skip("newer syntax than this Python's")
    compile(case.source, case.name, "exec")
    compile(case.expected, case.name, "exec")


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in RULES])
class TestEveryRule:
    def test_has_an_example_that_it_acts_on(self, rule: Rule) -> None:
        assert {"twin", "refused"} & kinds_of(rule)

    def test_has_an_example_that_it_leaves_alone(self, rule: Rule) -> None:
        assert "unchanged" in kinds_of(rule)

    def test_has_a_manual(self, rule: Rule) -> None:
        first = rule.manual.split("\n")[0]
        assert len(first) > 20
        assert first.endswith((".", ":"))

    def test_is_named_by_what_it_says(self, rule: Rule) -> None:
        """The rule of a folder is the one that its refusals name."""
        said = f" {rule.code} {rule.name}: "
        own = [case for case in CASES if case.path.parent.name == rule.name]
        refused = [case for case in own if case.kind == "refused"]
        assert [case.name for case in refused if said not in case.expected] == []


def kinds_of(rule: Rule) -> set[str]:
    return {case.kind for case in CASES if case.path.parent.name == rule.name}


def test_every_folder_has_its_rule() -> None:
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir()}
    # Refusals that come from no rule: what convert and verify say.
    assert folders - {rule.name for rule in RULES} == {
        "runtime",
        "syntax",
        "unreadable",
        "verify",
    }


def test_codes_are_unique_and_well_formed() -> None:
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"TW[1-9]\d\d", code) for code in codes)


def test_every_example_is_read() -> None:
    files = {path for path in FOLDER.rglob("*") if path.is_file()}
    assert {case.path for case in CASES} == {
        path for path in files if "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("case", named(CASES))
def test_nodes_left_out_do_not_matter(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No rule has anything to say of what `visits` does not offer."""
    monkeypatch.setattr(
        "twingen.conversion.rewriting.Rewriter.to_visit", lambda _: EVERYTHING
    )
    assert case.result(case.source) == (case.kind, case.expected)
