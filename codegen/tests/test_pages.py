"""Every code has a page in the documentation, in step with manuals and examples."""

from __future__ import annotations

import re

import pytest

from support.case_files import CASES
from support.refusal_messages import Message, messages
from support.refusal_pages import FOLDER, SITUATIONS, pages
from support.refusing_rules import refusing_rules
from support.sample_project import Project
from twingen.diagnostics.codes import CODES
from twingen.reports.explain import find, manual
from twingen.rules import RULES

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
    # TW016 is shown both ways: of docstrings by cases, of pages by a project.
    assert rest | {"TW016"} == set(SITUATIONS)


@pytest.mark.parametrize("entry", [*RULES, *CODES], ids=lambda entry: entry.code)
def test_page_shows_what_is_said(entry: object) -> None:
    code, name = getattr(entry, "code", ""), getattr(entry, "name", "")
    text = PAGES[f"{code}.md"]
    assert text.startswith(f"# {code} {name}\n\n")
    assert text.count("```") >= 2
    if name in refusing_rules():
        assert f" {code} {name}: " in text
        assert "\n  help: " in text


# Said of what nobody has found yet: libcst stops where Python does not.
_UNKNOWN = "this code"


@pytest.mark.parametrize("message", messages(), ids=str)
def test_every_message_has_an_example(message: Message) -> None:
    """What is said can be read up: a page shows it, with what it is said of."""
    if message.text != _UNKNOWN:
        pattern = re.compile(rf"TW\d+ \w+: .*{message.pattern}")
        assert any(map(pattern.search, PAGES.values())), (
            f"{message}: write a case that is refused so, below the folder of a rule "
            "that says it"
        )


def test_the_example_of_a_message_comes_first(project: Project) -> None:
    """A message as it was printed, or its place, leads to what it is said of."""
    for case in CASES:
        if case.kind == "refused" and case.path.parent.name in refusing_rules():
            problem = re.match(r"# \S+ (TW\d+) (\w+): (.*)", case.expected)
            assert problem is not None
            entry = find(problem[2])
            shown = manual(entry, problem[3])
            first = shown[: shown.find("\n\n", shown.find("```text"))]
            assert f"{problem[1]} {problem[2]}: " in first, case.name
            assert sorted(shown.split()) == sorted(manual(entry).split())
    message = (
        "src/a.py:7:16: TW109 unknown_library_call: a.b is asynchronous, and no table "
        "says"
    )
    whole = project.run("explain", message).out
    assert whole.startswith("TW109 unknown_library_call\n\n## Refused: ")
    assert project.run("explain", *message.split()).out == whole
    told = project.run("explain", "TW109").out
    assert told.startswith("TW109 unknown_library_call\n\nA name of another library")
    assert project.run("explain", "TW109 nothing of the kind").out == told
    project.append("src/pkg/client.py", "\n\nasync def f(x):\n    return await x\n")
    line = project.read("src/pkg/client.py").count("\n")
    run = project.run("explain", f"src/pkg/client.py:{line}:5:")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(f"src/pkg/client.py:{line}:12: TW102 awaited_value: ")
    assert "\n\nTW102 awaited_value\n\n## Refused: " in run.out
    other = project.run("explain", "src/pkg/client.py:1")
    assert (other.code, other.out) == (2, "")


@pytest.mark.parametrize("code", ["TW310", "TW013", "TW008"])
def test_explain_prints_the_page(code: str, project: Project) -> None:
    said = project.run("explain", code).out
    page = (FOLDER / f"{code}.md").read_text(encoding="utf-8")
    assert said.startswith(page[2:].rstrip())


def test_nothing_of_this_machine_is_shown() -> None:
    for text in PAGES.values():
        assert not re.search(r"/tmp|/home|/root|\\Users", text)
