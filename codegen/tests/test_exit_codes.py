"""Every command ends with 0 (in step), 1 (drift) or 2 (refused, or used wrongly)."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.sample_project import Project
from twingen.commands.cli import main

SOURCE = "src/pkg/client.py"
TWIN = "out/pkg_sync/client.py"
FRAME = f'Traceback:\n  File "{TWIN}", line 15, in pause\n    sleep(delay, 1)\n'


def as_it_is(project: Project) -> None:
    """Leave the project in step."""


def stale(project: Project) -> None:
    project.replace(SOURCE, "delay), 1", "delay), 2")


def edited(project: Project) -> None:
    project.append(TWIN, "x = 1\n")


def foreign(project: Project) -> None:
    project.write("out/pkg_sync/notes.txt", "mine")


def refused(project: Project) -> None:
    project.append(SOURCE, "\n\nasync def f(x):\n    await x\n")


def broken(project: Project) -> None:
    project.append(SOURCE, "def f(:\n")


def misconfigured(project: Project) -> None:
    project.replace("pyproject.toml", "runtime =", "run_time =")


def unconfigured(project: Project) -> None:
    project.remove("pyproject.toml")


CODES: list[tuple[str, Callable[[Project], None], int]] = [
    ("check", as_it_is, 0),
    ("check", stale, 1),
    ("check", edited, 1),
    ("check", foreign, 1),
    ("check", refused, 2),
    ("check", broken, 2),
    ("check", misconfigured, 2),
    ("check", unconfigured, 2),
    ("check --diff", as_it_is, 0),
    ("check --diff", stale, 1),
    ("check --output-format json", edited, 1),
    ("check --output-format github", refused, 2),
    ("check --output-format sarif", misconfigured, 2),
    ("check --quiet", stale, 1),
    ("check --no-such-option", as_it_is, 2),
    ("build", as_it_is, 0),
    ("build", stale, 0),
    ("build", edited, 1),
    ("build --force", edited, 0),
    ("build", foreign, 1),
    ("build --force", foreign, 1),
    ("build", refused, 2),
    ("build", misconfigured, 2),
    ("preview", as_it_is, 0),
    ("preview", stale, 0),
    ("preview", refused, 2),
    ("preview", misconfigured, 2),
    ("preview src/pkg", as_it_is, 2),
    ("diff", as_it_is, 0),
    ("diff", stale, 1),
    ("diff", edited, 1),
    ("diff", refused, 2),
    ("diff", unconfigured, 2),
    (f"convert {SOURCE}", as_it_is, 0),
    (f"convert {SOURCE}", stale, 0),
    (f"convert {SOURCE}", refused, 2),
    (f"convert {SOURCE}", misconfigured, 2),
    ("convert not_there.py", as_it_is, 2),
    ("convert", as_it_is, 2),
    ("adopt", as_it_is, 0),
    ("adopt", stale, 1),
    ("adopt", edited, 1),
    ("adopt", refused, 2),
    ("adopt not_there", as_it_is, 2),
    ("explain", as_it_is, 0),
    ("explain TW101", misconfigured, 0),
    ("explain TW999", as_it_is, 2),
    (f"explain {SOURCE}:13", as_it_is, 0),
    (f"explain {SOURCE}:999", as_it_is, 2),
    (f"explain {SOURCE}:13", unconfigured, 2),
    (f"where {TWIN}:15", as_it_is, 0),
    (f"where {TWIN}:999", as_it_is, 2),
    (f"where {SOURCE}:1", as_it_is, 2),
    ("where", as_it_is, 0),
    ("where", misconfigured, 2),
    ("init", unconfigured, 0),
    ("init --write", unconfigured, 0),
    ("init", as_it_is, 2),
    ("watch", unconfigured, 2),
    ("watch --no-such-option", as_it_is, 2),
    # A session of it ends with 0, see test_editors.
    ("lsp --help", unconfigured, 0),
    ("lsp --no-such-option", as_it_is, 2),
    ("--version", unconfigured, 0),
    ("--help", unconfigured, 0),
    ("", as_it_is, 2),
    ("no-such-command", as_it_is, 2),
]


@pytest.mark.parametrize(
    ("line", "change", "code"),
    [
        pytest.param(*row, id=f"{row[0] or 'nothing'}: {row[1].__name__}")
        for row in CODES
    ],
)
def test_exit_code(
    line: str,
    change: Callable[[Project], None],
    code: int,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In this process, which an error that is not reported would reach."""
    change(project)
    monkeypatch.chdir(project.root)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(FRAME.encode())))
    assert ended_with(line) == code
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    # Who fails says why, on one of the two streams.
    assert code == 0 or said.out + said.err


def ended_with(line: str) -> object:
    """Run a command; return what its process would end with."""
    try:
        return main(line.split())
    except SystemExit as ended:  # as argparse ends it
        return ended.code


@pytest.mark.parametrize(
    ("line", "change", "code"),
    [
        ("check", as_it_is, 0),
        ("check", stale, 1),
        ("check", refused, 2),
        ("no-such-command", as_it_is, 2),
    ],
)
def test_exit_code_of_the_process(
    line: str, change: Callable[[Project], None], code: int, project: Project
) -> None:
    change(project)
    run = subprocess.run(
        [sys.executable, "-m", "twingen", *line.split()],
        cwd=project.root,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr


def test_every_command_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """What the parser itself says there is; those that compare have all three."""
    assert ended_with("--help") == 0
    said = capsys.readouterr().out
    found: dict[str, set[int]] = {}
    for line, _, code in CODES:
        found.setdefault(line.partition(" ")[0], set()).add(code)
    commands = set(re.findall(r"^    (\w+)  ", said, re.MULTILINE))
    assert len(commands) > 10
    assert commands <= set(found)
    comparing = {"adopt", "build", "check", "diff"}
    assert all(found[command] == {0, 1, 2} for command in comparing)
    # `watch` ends with 0 by Ctrl-C, see test_watch.
    assert all(found[command] == {0, 2} for command in commands - comparing - {"watch"})


@pytest.mark.skipif(sys.platform == "win32", reason="the shell is another there")
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("check <&- >&- 2>&-", 1),
        ("check --output-format json >&-", 1),
        ("explain TW302 >&-", 0),
        ("convert - <&-", 0),
        ("where <&-", 0),
    ],
)
def test_closed_streams(project: Project, command: str, code: int) -> None:
    stale(project)
    run = in_a_shell(project, command)
    assert (run.returncode, run.stderr) == (code, run.stderr.partition("Traceback")[0])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("output_format", ["text", "json"])
def test_output_that_cannot_be_written(project: Project, output_format: str) -> None:
    """It is no drift."""
    run = in_a_shell(project, f"check --output-format {output_format} > /dev/full")
    assert run.returncode == 2
    assert run.stderr.startswith("twingen: No space left on device; ")
    assert "Traceback" not in run.stderr


def test_fewer_processes_than_none(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Used wrongly, which argparse says."""
    for wrong in ("-1", "x", "1.5"):
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(project.root), "check", "--jobs", wrong])
        assert ended.value.code == 2
        said = f"--jobs/-j: {wrong} is not a number from 0 on"
        assert said in capsys.readouterr().err


def in_a_shell(project: Project, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        f'"{sys.executable}" -m twingen {command}',
        shell=True,
        cwd=project.root,
        capture_output=True,
        text=True,
        timeout=120,
    )
