"""What leads somebody on: help, spelling, colours, `python -m twingen`."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from support.sample_project import Project
from twingen import __version__
from twingen.commands.cli import _EXAMPLES, main

ROOT = Path(__file__).parents[2]


class Printed(NamedTuple):
    """What a program has printed."""

    out: str
    err: str


def helped(capsys: pytest.CaptureFixture[str], *arguments: str) -> Printed:
    """Return what is printed before the program ends by itself."""
    with pytest.raises(SystemExit):
        main(arguments)
    return Printed(*capsys.readouterr())


@pytest.mark.parametrize("command", _EXAMPLES)
@pytest.mark.parametrize("option", ["--help", "--bogus"])
def test_a_command_needs_no_parser_but_its_own(
    command: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is said is the same as where those of all commands are made."""
    assert helped(capsys, command, option) == helped(
        capsys, "--project", ".", command, option
    )


def test_every_command_has_an_example_and_a_page(
    capsys: pytest.CaptureFixture[str],
) -> None:
    whole = helped(capsys, "--help").out
    commands = re.findall(r"^    (\w+)  ", whole, re.MULTILINE)
    assert set(commands) == set(_EXAMPLES)
    assert commands[0] == "init"
    for command in commands:
        out = helped(capsys, command, "--help").out
        found = re.search(r"\nexample:\n  (.*)\n\nmore: (\S+)\n", out)
        assert found is not None
        page, _, anchor = found[2].partition("#")
        text = (ROOT / page).read_text(encoding="utf-8")
        assert not anchor
        assert f"twingen {command}" in text
        # What is typed there is understood.
        typed = shlex.split(found[1].rpartition("2>&1 |")[2].partition(" | ")[0])
        assert typed[:2] == ["twingen", command]
        assert helped(capsys, *typed[1:], "--help").err == ""


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["buld"], "build"),
        (["chekc"], "check"),
        (["check", "--output-format", "jsn"], "json"),
        (["check", "--color", "alway"], "always"),
    ],
)
def test_misspelt_words(
    arguments: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert helped(capsys, *arguments).err.endswith(f"; did you mean {meant}?\n")


def test_a_word_that_is_like_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean" not in helped(capsys, "zzz").err


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ("runtime =", "run_time =", "runtime"),
        ("[tool.twingen.renames]", "[tool.twingen.rename]", "renames"),
        ("target =", "tarket =", "target"),
        ('"threads"', '"thread"', "threads"),
    ],
)
def test_misspelt_configuration(
    project: Project, old: str, new: str, meant: str
) -> None:
    project.replace("pyproject.toml", old, new)
    run = project.run("check")
    assert run.code == 2
    assert f"; did you mean {meant}?" in run.err


def test_diffs_have_colours(project: Project) -> None:
    project.replace("src/pkg/client.py", "delay), 1", "delay), 2")
    plain = project.run("diff").out
    assert "\033" not in plain
    coloured = project.run("diff", "--color", "always").out
    assert "\033[31m-            sleep(delay, 1)\033[0m\n" in coloured
    assert "\033[32m+            sleep(delay, 2)\033[0m\n" in coloured
    assert "\033[36m@@ " in coloured
    assert re.sub("\033\\[[0-9;]*m", "", coloured) == plain
    assert coloured in project.run("check", "--diff", "--color", "always").out


def test_module() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "twingen", "--version"], capture_output=True, text=True
    )
    assert (run.returncode, run.stdout) == (0, f"{__version__}\n")
