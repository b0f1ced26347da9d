"""The layout is black's own, although its second pass reads only what changed."""

from __future__ import annotations

import random
from pathlib import Path

import black
import pytest
from black.mode import Mode, TargetVersion
from black.parsing import InvalidInput

import twingen
from support.case_files import CASES
from twingen.diagnostics.diagnostic import ConfigurationError
from twingen.formatting.black_formatter import BlackFormatter, format_source, mode_from
from twingen.formatting.formatter import FormattingError
from twingen.formatting.formatting_cache import Layouts
from twingen.formatting.reformatted_statements import changed_parts

pytestmark = pytest.mark.one_python

MODE = Mode(target_versions={TargetVersion.PY310, TargetVersion.PY311})
SOURCES = sorted(Path(twingen.__file__).parent.rglob("*.py"))[::5]

# What conversions do to lines, and more: (what is looked for, what it becomes).
EDITS = [
    ("self.", "self.a_name_that_is_much_longer_."),
    ("def ", "async  def "),
    (",\n", "\n"),
    ("\n\n\n", "\n"),
    ("    return ", "\n\n    return  "),
    ("(", "( # why\n"),
]
# Each kind of edit is made to every third file.
EDITED = [
    pytest.param(path, EDITS[number % 3 :: 3], id=path.stem)
    for number, path in enumerate(SOURCES)
]


def laid_out(text: str, mode: Mode) -> str | None:
    try:
        return format_source(text, mode)
    except FormattingError:
        return None


def laid_out_by_black(text: str, mode: Mode) -> str | None:
    try:
        return black.format_str(text, mode=mode)
    except InvalidInput:
        return None


@pytest.mark.parametrize(("path", "edits"), EDITED)
def test_edited_text_gets_the_layout_of_black(
    path: Path, edits: list[tuple[str, str]]
) -> None:
    source = path.read_text(encoding="utf-8")
    chance = random.Random(path.stem)
    for old, new in edits:
        places = [i for i in range(len(source)) if source.startswith(old, i)]
        text = source
        for place in sorted(chance.sample(places, min(3, len(places))), reverse=True):
            text = text[:place] + new + text[place + len(old) :]
        assert laid_out(text, MODE) == laid_out_by_black(text, MODE), (old, new)


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in SOURCES[::3]])
def test_saves_one_after_the_other_get_the_layout_of_black(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    chance = random.Random(path.stem)
    layouts = Layouts()
    for old, new in [("", ""), *EDITS]:
        place = max(text.find(old, chance.randrange(len(text))), 0)
        edited = text[:place] + new + text[place + len(old) :]
        expected = laid_out_by_black(edited, MODE)
        if expected is not None:
            assert layouts.format("path", edited, BlackFormatter(MODE)) == expected, (
                old,
                new,
            )
            text = edited


def test_layout_follows_the_mode_and_what_switches_it_off() -> None:
    layouts = Layouts()
    text = "def f():\n    return [1,\n      2]\n\n\ndef g(): return 'x'\n"
    narrow = Mode(target_versions=MODE.target_versions, line_length=8)
    for mode in (MODE, narrow, Mode(), MODE):
        for each in (text, f"# fmt: off\n{text}", f"{text}x = f( )\n"):
            found = layouts.format("path", each, BlackFormatter(mode))
            assert found == laid_out_by_black(each, mode)


@pytest.mark.parametrize("mode", [MODE, Mode()], ids=["targets", "none"])
def test_cases_get_the_layout_of_black(mode: Mode) -> None:
    for case in CASES:
        assert laid_out(case.source, mode) == laid_out_by_black(case.source, mode)


def test_only_what_changed_is_read_again() -> None:
    before = "import os\n\n\nclass A:\n    x = 1\n\n    def f(self):\n        pass\n"
    before += "".join(f"\n    def g{n}(self):\n        return {n}\n" for n in range(20))
    after = before.replace("return 7", "return seven")
    (part,) = changed_parts(before, after) or []
    assert part.text == "\n    def g7(self):\n        return seven\n"
    assert part.before == ("class A:\n    pass\n    def g6(self):\n        return 6\n")


def test_target_versions_are_those_of_the_project() -> None:
    """As for black itself: the table, else `requires-python`, else the text."""
    assert mode_from({}, ">=3.12").target_versions == {
        version for version in TargetVersion if version.value >= 12
    }
    assert mode_from({"target-version": ["py310"]}, ">=3.12").target_versions == {
        TargetVersion.PY310
    }
    assert mode_from({}, "whatever").target_versions == set()
    assert mode_from({}).target_versions == set()
    with pytest.raises(ConfigurationError, match="target-version py299"):
        mode_from({"target-version": ["py299"]})
