"""`twingen watch`, as a process of its own that a maintainer leaves running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.sample_project import Project
from twingen.commands.watch import watched
from twingen.project.watching import Watched, builds

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is POSIX's SIGINT")

SOURCE = "src/pkg/client.py"
TWIN = "out/pkg_sync/client.py"
# Seconds: far more than a save takes, on a machine that does other things too.
PATIENCE = 120


class Watching:
    """A running `twingen watch`, and the lines that it has printed so far."""

    def __init__(self, project: Project) -> None:
        command = [sys.executable, "-m", "twingen", "--project", str(project.root)]
        self.project = project
        self.process = subprocess.Popen(
            [*command, "watch"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Whoever runs the tests in the background may have it ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.until(lambda: "watching" in self.said)

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def until(self, happened: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < end, f"it said only: {self.said}"
            assert self.process.poll() is None, f"it ended: {self.said}"
            time.sleep(0.01)

    def says(self, text: str) -> None:
        """Wait until it says something, and forget what it said before."""
        self.until(lambda: text in self.said)
        del self.lines[:]

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code


@pytest.fixture
def watching(project: Project) -> Iterator[Watching]:
    found = Watching(project)
    try:
        yield found
    finally:
        if found.process.poll() is None:
            found.process.kill()
        found.process.wait()
        assert found.process.stdout is not None
        found.process.stdout.close()


def test_save_refuse_and_fix(watching: Watching) -> None:
    """One session: what is saved is built, and nothing but Ctrl-C ends it."""
    project = watching.project
    project.replace(SOURCE, "delay), 1", "delay), 2")
    watching.says(f"{TWIN}: written (from {SOURCE})\n")
    assert "sleep(delay, 2)" in project.read(TWIN)

    before = project.read(TWIN)
    project.append(SOURCE, "\n\nasync def f(x):\n    await x\n")
    watching.says(f"{SOURCE}:19:5: TW102 awaited_value: ")
    project.append(SOURCE, "def g(:\n")
    watching.says("TW001 syntax: ")
    project.replace("pyproject.toml", "runtime =", "run_time =")
    watching.says("unknown key run_time")
    assert project.read(TWIN) == before

    project.replace("pyproject.toml", "run_time =", "runtime =")
    watching.says("TW001 syntax: ")
    project.write(SOURCE, project.read(SOURCE).partition("\n\nasync def f(x)")[0])
    project.append(SOURCE, "\n\nasync def more() -> None: ...\n")
    watching.until(lambda: "def more() -> None: ..." in project.read(TWIN))

    project.write("src/pkg/new.py", "async def new() -> None: ...\n")
    watching.says("out/pkg_sync/new.py: written (from src/pkg/new.py)\n")
    project.remove("src/pkg/new.py")
    watching.says("out/pkg_sync/new.py: removed\n")
    assert watching.end() == 0
    assert "Traceback" not in watching.said
    assert project.run("check").code == 0


def test_target_that_others_change(watching: Watching) -> None:
    project = watching.project
    project.remove(TWIN)
    watching.says(f"{TWIN}: written (from {SOURCE})\n")
    project.append(TWIN, "x = 1\n")
    watching.says("nothing written; fix this with `twingen build --force`")
    assert project.read(TWIN).endswith("x = 1\n")
    assert watching.end() == 0


def test_save_in_steps_and_by_renaming(watching: Watching) -> None:
    """As editors do it: emptied and filled, or replaced by another file."""
    project = watching.project
    path = project.root / SOURCE
    text = project.read(SOURCE)
    with open(path, "w", encoding="utf-8") as file:
        for part in text.replace("delay), 1", "delay), 3").splitlines(keepends=True):
            file.write(part)
            file.flush()
    watching.until(lambda: "sleep(delay, 3)" in project.read(TWIN))
    other = Path(f"{path}.tmp")
    other.write_text(text.replace("delay), 1", "delay), 4"), encoding="utf-8")
    os.replace(other, path)
    watching.until(lambda: "sleep(delay, 4)" in project.read(TWIN))
    assert watching.end() == 0


def no_build() -> None:
    """Stand for a build where only the waits are tested."""


def test_what_follows_an_outcome_at_once_is_a_save(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in a target: who reads what failed may fix it before the next look."""

    def stop(seconds: float) -> None:
        looks.append(seconds)
        assert len(looks) < 20, "the save was not seen"

    looks: list[float] = []
    monkeypatch.setattr("twingen.project.watching.time.sleep", stop)
    folders = (project.root / "src",), (project.root / "out",)
    found = builds(
        lambda: Watched(*folders), lambda: project.write(TWIN, "by the build")
    )
    next(found)
    project.remove(TWIN)
    next(found)
    project.append(SOURCE, "# more\n")
    next(found)
    with pytest.raises(AssertionError, match="not seen"):
        next(found)


def test_emptied_file_is_given_time(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source that an editor has emptied, and not filled yet, is not read."""
    path = project.root / SOURCE
    text = project.read(SOURCE)
    waited: list[float] = []

    def fill(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            path.write_text("", encoding="utf-8")
        elif len(waited) == 3:
            path.write_text(text, encoding="utf-8")

    monkeypatch.setattr("twingen.project.watching.time.sleep", fill)
    found = builds(lambda: Watched((project.root / "src",), ()), no_build)
    next(found)
    next(found)
    assert path.stat().st_size == len(text.encode())
    short, _, long, *_ = waited
    assert long > 10 * short


def test_configuration_that_is_half_saved(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it does not name yet is watched once it is complete."""
    path = project.root / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    waited: list[float] = []

    def fill(seconds: float) -> None:
        waited.append(seconds)
        assert len(waited) < 20, "the save was not seen"
        if len(waited) == 1:
            path.write_text(text, encoding="utf-8")

    monkeypatch.setattr("twingen.project.watching.time.sleep", fill)
    path.write_text("", encoding="utf-8")
    found = builds(lambda: watched(project.root), no_build)
    next(found)
    project.append(SOURCE, "# more\n")
    next(found)


def test_nothing_is_done_without_a_save(watching: Watching) -> None:
    project = watching.project
    project.append(SOURCE, "# more\n")
    watching.says("written")
    before = project.snapshot()
    time.sleep(0.5)
    assert (project.snapshot(), watching.said) == (before, "")
    os.utime(project.root / SOURCE)
    time.sleep(0.5)
    assert watching.said == "", "the same text gives the same twin"
    assert watching.end() == 0


def test_configuration_of_ruff(watching: Watching) -> None:
    """It counts as soon as it is saved, also where it was not there before."""
    pytest.importorskip("ruff")
    project = watching.project
    project.replace(
        "pyproject.toml", "[tool.twingen]\n", '[tool.twingen]\nformatter = "ruff"\n'
    )
    watching.says(f"{TWIN}: written (from {SOURCE})\n")
    assert "    def pause(self, delay: float) -> None:\n" in project.read(TWIN)
    project.write("ruff.toml", "line-length = 40\n")
    watching.says(f"{TWIN}: written (from {SOURCE})\n")
    assert "    def pause(\n" in project.read(TWIN)
    assert project.run("check").code == 0
    project.write("ruff.toml", "foo = 1\n")
    watching.says("unknown field `foo`")


def test_without_a_configuration(tmp_path: Path) -> None:
    run = Project(tmp_path).run("watch")
    assert (run.code, run.out) == (2, "")
    assert "no pyproject.toml with [tool.twingen]" in run.err


def test_files_that_cannot_be_read_or_written(watching: Watching) -> None:
    """They are told like a refusal, and what else is saved is seen."""
    project = watching.project
    (project.root / "src/pkg/sub/up").symlink_to(project.root / "src/pkg")
    project.write("out/pkg_sync/new.py/x.txt", "")
    project.write("src/pkg/new.py", "async def new() -> None: ...\n")
    watching.says("out/pkg_sync/new.py: Is a directory; fix that")
    project.remove("out/pkg_sync/new.py/x.txt")
    (project.root / "out/pkg_sync/new.py").rmdir()
    watching.says("out/pkg_sync/new.py: written (from src/pkg/new.py)\n")
    (project.root / "src/pkg/lost.py").symlink_to("nowhere.py")
    watching.says("src/pkg/lost.py disappeared while it was read")
    project.write("src/pkg/new.py", "async def newer() -> None: ...\n")
    watching.says("src/pkg/lost.py disappeared while it was read")
    project.remove("src/pkg/lost.py")
    watching.says("out/pkg_sync/new.py: written (from src/pkg/new.py)\n")
    assert watching.end() == 0
    assert "Traceback" not in watching.said
