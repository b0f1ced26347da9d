"""Every code has a page in the documentation, in step with manuals and examples."""

from __future__ import annotations

import re

import pytest
from case import CASES
from pages import FOLDER, SITUATIONS, pages
from project import Project
from refusing import refusing_rules

from twingen.rules import RULES
from twingen.telling.codes import CODES

PAGES = pages()


def test_one_page_for_each_code() -> None:
    codes = {rule.code for rule in RULES} | {code.code for code in CODES}
    expected = {f"{code}.md" for code in codes} | {"README.md"}
    assert {path.name for path in FOLDER.iterdir()} == expected


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_is_in_step(name: str) -> None:
    written = (FOLDER / name).read_bytes().decode()
    assert written == PAGES[name], "run `nox -s docs`"


def test_every_code_that_is_printed_is_shown() -> None:
    """A rule that can refuse has a refused case; other codes happen to a project."""
    refused = [case for case in CASES if case.kind == "refused"]
    shown = {
        name
        for case in refused
        for name in re.findall(r"TW\d\d\d (\w+): ", case.expected)
    }
    assert refusing_rules() - shown == set()
    # TW008 is shown with plug-ins, see test_plugins.
    rest = {code.code for code in CODES if code.name not in shown} - {"TW008"}
    assert rest == set(SITUATIONS)


@pytest.mark.parametrize("entry", [*RULES, *CODES], ids=lambda entry: entry.code)
def test_page_shows_what_is_said(entry: object) -> None:
    code, name = getattr(entry, "code", ""), getattr(entry, "name", "")
    text = PAGES[f"{code}.md"]
    assert text.startswith(f"# {code} {name}\n\n")
    assert text.count("```") >= 2
    if name in refusing_rules():
        assert f" {code} {name}: " in text
        assert "\n  help: " in text


@pytest.mark.parametrize("code", ["TW310", "TW013", "TW008"])
def test_explain_prints_the_page(code: str, project: Project) -> None:
    said = project.run("explain", code).out
    page = (FOLDER / f"{code}.md").read_text(encoding="utf-8")
    assert said.startswith(page[2:].rstrip())


def test_nothing_of_this_machine_is_shown() -> None:
    for text in PAGES.values():
        assert not re.search(r"/tmp|/home|/root|\\Users", text)
