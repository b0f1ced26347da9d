"""What twingen says when it refuses: place, code, rule, excerpt, remedy; all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.case_files import CASES
from support.sample_project import Project, new_project
from twingen.conversion.convert import convert
from twingen.diagnostics.diagnostic import ConversionError
from twingen.rules import RULES

STREAMS = """import asyncio


async def connect(host: str) -> None:
    reader, writer = host, await asyncio.all_tasks(host)
"""

VALUES = """async def both(first, second) -> None:
    await first
    await (
        second
    )
"""


@pytest.fixture
def refused(tmp_path: Path) -> Project:
    return new_project(
        tmp_path,
        **{"src/pkg/streams.py": STREAMS, "src/pkg/sub/values.py": VALUES},
    )


def test_construct_without_a_rule(refused: Project) -> None:
    run = refused.run("build")
    assert run.code == 2
    assert run.out == ""
    expected = (
        "src/pkg/streams.py:5:34: TW201 library_name: asyncio.all_tasks has no "
        "sync twin: threads are not listed by loop\n"
        "        reader, writer = host, await asyncio.all_tasks(host)\n"
        "                                     ^^^^^^^^^^^^^^^^^\n"
        "  help: keep the tasks that you start\n"
    )
    assert expected in run.err


def test_every_refusal_of_every_file_is_listed(refused: Project) -> None:
    run = refused.run("check", "--verbose")
    assert run.code == 2
    places = re.findall(r"^(\S+?:\d+:\d+): (TW\d+)", run.err, re.MULTILINE)
    assert places == [
        ("src/pkg/streams.py:5:34", "TW201"),
        ("src/pkg/sub/values.py:2:5", "TW102"),
        ("src/pkg/sub/values.py:3:5", "TW102"),
    ]
    assert run.err.endswith(
        "twingen: refused at 3 places, for 2 reasons; nothing written\n"
    )


def test_nothing_is_written(refused: Project) -> None:
    before = refused.snapshot()
    assert refused.run("build").code == 2
    assert refused.run("build", "--force").code == 2
    assert refused.snapshot() == before


def test_several_lines_are_underlined_to_the_end_of_the_first(
    refused: Project,
) -> None:
    assert "\n        await (\n        ^^^^^^^\n" in refused.run("check", "-v").err


def test_tabs_and_wide_characters_do_not_move_the_place() -> None:
    with pytest.raises(ConversionError) as caught:
        convert("async def f(x):\n\té = '日本'; await x\n")
    (problem,) = caught.value.diagnostics
    assert (problem.line, problem.column) == (2, 12)


def test_one_diagnostic_for_one_place() -> None:
    with pytest.raises(ConversionError) as caught:
        convert("import asyncio\n\n\nasync def f():\n    return asyncio.shield\n")
    assert len(caught.value.diagnostics) == 1


SENTENCES = [
    pytest.param(line, id=f"{case.name}:{number}")
    for case in CASES
    if case.kind == "refused"
    for number, line in enumerate(case.expected.splitlines())
]


_CLASSES = "Async|^(Task|Generator|Iterable|Iterator|Abstract|Closable)"


@pytest.mark.parametrize("line", SENTENCES)
def test_sentence_is_for_the_author(line: str) -> None:
    """Lower case but for a class, no full stop, never without a remedy."""
    match = re.fullmatch(
        r"# (?:\d+:\d+: TW\d\d\d \w+: (.+)|  help: (.+))", line.rstrip()
    )
    assert match is not None
    sentence = match[1] or match[2]
    assert not sentence.endswith(".")
    first = sentence.split()[0]
    assert first[0].islower() or first[0] == "_" or re.search(_CLASSES, first)


def test_every_rule_that_refuses_is_seen_refusing() -> None:
    folder = Path(RULES[0].apply.__code__.co_filename).parent
    refusing = {
        path.stem
        for path in folder.glob("*.py")
        if path.stem != "rule" and "raise Refused" in path.read_text(encoding="utf-8")
    }
    said = {
        name
        for case in CASES
        if case.kind == "refused"
        for name in re.findall(r"TW\d\d\d (\w+): ", case.expected)
    }
    assert refusing - said == set()


def test_lines_end_where_editors_end_them(refused: Project) -> None:
    """A form feed begins a page, and no line."""
    text = '"""a\x0cb\u2028c\x85"""\n\x0c\nasync def f(x):\n    await x\n'
    refused.write("src/pkg/streams.py", text)
    run = refused.run("check")
    said = "src/pkg/streams.py:4:5: TW102 awaited_value: "
    excerpt = "\n        await x\n        ^^^^^^^\n"
    assert re.search(re.escape(said) + ".*" + re.escape(excerpt), run.err)


@pytest.mark.parametrize("color", ["always", "never"])
def test_caret_below_tabs(refused: Project, color: str) -> None:
    refused.write("src/pkg/streams.py", "async def f(x):\n\tif x:\n\t\ty = await x\n")
    run = refused.run("check", "--color", color)
    plain = re.sub("\033\\[[0-9;]*m", "", run.err)
    assert "\n    \t\ty = await x\n    \t\t    ^^^^^^^\n" in plain
    assert ("\t    \033[31m^" in run.err) == (color == "always")
