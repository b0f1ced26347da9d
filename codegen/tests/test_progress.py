"""The bar of long work: on a terminal only, and gone in the end."""

from __future__ import annotations

import io
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Mapping

import pytest

from support.sample_project import Project
from twingen.diagnostics.progress import progress_on

pytestmark = [
    pytest.mark.one_python,
    pytest.mark.skipif(os.name != "posix", reason="terminals are POSIX's"),
]

# Shows the bar at once, and draws it again for each file, so that no work is too short.
IMPATIENT = (
    "import sys; from twingen.commands.cli import main; "
    "from twingen.diagnostics import progress; "
    "progress._SHORT = progress._PAUSE = 0; sys.exit(main())"
)
MANY = 10
ERASED = "\r\033[K"


@pytest.fixture
def long(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project of which every command shows a bar, if it shows one at all."""
    for name in ("_SHORT", "_PAUSE"):
        monkeypatch.setattr(f"twingen.diagnostics.progress.{name}", 0)
    for number in range(MANY):
        text = f"async def f(x: int) -> int:\n    return x + {number}\n"
        project.write(f"src/pkg/many/m{number}.py", text)
    return project


def on_terminal(
    project: Project, *arguments: str, environment: Mapping[str, str] | None = None
) -> str:
    """Return what a command writes to a terminal that is its standard error."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", IMPATIENT, *arguments, "--no-cache", "--jobs", "1"],
        cwd=project.root,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "60", **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    read = b""
    try:
        while part := os.read(ours, 65536):
            read += part
    except OSError:  # how Linux says that the other end was closed
        pass
    os.close(ours)
    assert process.wait(120) in (0, 1)
    return read.decode().replace("\r\n", "\n")


def test_progress_bar_counts_files_and_is_erased(long: Project) -> None:
    said = on_terminal(long, "build")
    frames = said.split(ERASED)
    assert frames[0] == ""
    assert frames[-1] == "", "the last thing is that it goes"
    drawn = [frame for frame in frames if frame]
    assert drawn
    numbers = []
    for frame in drawn:
        match = re.fullmatch(r"(reading|converting) +(\d+)/(\d+) \[(#*) *\]", frame)
        assert match, frame
        assert len(frame) < 60
        assert int(match[3]) >= MANY
        numbers.append((match[1] == "converting", int(match[2])))
    assert numbers == sorted(numbers)
    assert {converts for converts, _ in numbers} == {False, True}
    assert long.run("check").code == 0


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--quiet"], {}),
        (["--output-format", "json"], {}),
        ([], {"TERM": "dumb"}),
    ],
)
def test_no_bar(
    long: Project, arguments: list[str], environment: dict[str, str]
) -> None:
    assert on_terminal(long, "build", *arguments, environment=environment) == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("seconds", "is_drawn"), [(0.01, False), (0.1, True)])
def test_no_bar_for_short_work(
    seconds: float, is_drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a clock of its own: the machine's goes on while the work stands still."""
    clock = itertools.count(step=seconds)
    monkeypatch.setattr(
        "twingen.diagnostics.progress.time.monotonic", lambda: next(clock)
    )
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    assert list(progress_on(terminal)("abcdefgh", 8, "reading")) == list("abcdefgh")
    assert (ERASED in terminal.getvalue()) is is_drawn


def test_colour_does_not_matter(long: Project) -> None:
    assert "converting" in on_terminal(long, "build", environment={"NO_COLOR": "1"})


def test_no_bar_without_a_terminal(long: Project) -> None:
    run = long.run("build", "--no-cache")
    assert (run.code, run.err) == (0, "")


def test_findings_follow_the_bar(long: Project) -> None:
    long.run("build")
    long.replace("out/pkg_sync/client.py", "sleep(delay, 1)", "sleep(delay, 2)")
    *_, last = on_terminal(long, "check", "--no-color").split(ERASED)
    assert last.startswith("out/pkg_sync/client.py:15:13: TW013 edited: ")


def test_no_color_is_color_never(project: Project) -> None:
    project.append("src/pkg/client.py", "# more\n")
    plain = project.run("check", "--no-color")
    assert plain == project.run("check", "--color", "never")
    assert plain != project.run("check", "--color", "always")
