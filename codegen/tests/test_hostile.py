"""Trees that do harm, and builds that come to harm.

Whatever happens, each file of a target folder is the old one or the new one, never
half; what twingen says afterwards is true.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from support.sample_project import Project
from twingen.project.twin_folders import Project as ProjectTwins

SOURCE = "src/pkg/client.py"
TWIN = "out/pkg_sync/client.py"
COMMAND = [sys.executable, "-m", "twingen", "--project"]

posix_only = pytest.mark.skipif(os.name != "posix", reason="POSIX's file systems")


def versions(project: Project) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the old and the new twins of an edit that every source has."""
    old = twins(project)
    for path in (project.root / "src").rglob("*.py"):
        with path.open("a") as source:
            source.write("# one more line\n")
    assert project.run("build").code == 0
    new = twins(project)
    for name, content in old.items():
        (project.root / name).write_bytes(content)
    return old, new


def twins(project: Project) -> dict[str, bytes]:
    """Return the twins there are, without what a killed build was about to write."""
    found = {}
    for path in (project.root / "out").rglob("*"):
        if ".twingen-" in path.name:
            continue
        if path.is_file() and "__pycache__" not in path.parts:
            with suppress(FileNotFoundError):  # renamed meanwhile
                name = path.relative_to(project.root).as_posix()
                found[name] = path.read_bytes()
    return found


def assert_whole(project: Project, *states: dict[str, bytes]) -> None:
    """Assert that each file is as it is in one of these states."""
    for name, content in twins(project).items():
        assert content in {state.get(name) for state in states}, name


def build(project: Project, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, str(project.root), "build", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "TWINGEN_CACHE_DIR": str(project.root / "cache")},
    )


def assert_builds(project: Project) -> None:
    running = build(project)
    assert running.communicate()[1] == ""
    assert running.returncode == 0


@posix_only
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_killed_at_any_time(signum: signal.Signals, project: Project) -> None:
    old, new = versions(project)
    started = time.monotonic()
    assert_builds(project)
    usual = time.monotonic() - started
    assert twins(project) == new
    chance = random.Random(signum)
    for _ in range(8):
        for name, content in old.items():
            (project.root / name).write_bytes(content)
        running = build(project)
        time.sleep(chance.uniform(usual * 0.3, usual))
        running.send_signal(signum)
        running.communicate()
        assert_whole(project, old, new)
        in_step = twins(project) == new
        assert project.run("check").code == (0 if in_step else 1)
    assert_builds(project)
    assert project.run("check").code == 0


def is_running(process: int) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        status = Path(f"/proc/{process}/stat").read_text()
        return status.rpartition(")")[2].split()[0] != "Z"
    return False


def until(happened: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_killed_with_its_workers(project: Project) -> None:
    """No process is left behind, whatever it was doing."""
    long = "".join(f"# {n:0500}\n" for n in range(700))
    for number in range(2):
        project.write(f"src/pkg/long{number}.py", f"async def f(): ...\n{long}")
    running = build(project, "--jobs", "2")
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    until(lambda: len(children.read_text().split()) >= 2)
    workers = [int(each) for each in children.read_text().split()]
    running.kill()
    assert running.stderr is not None
    running.stderr.close()
    running.wait()
    until(lambda: not any(map(is_running, workers)))


def test_interrupted(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = versions(project)
    content = ProjectTwins.content

    def interrupted(self: ProjectTwins, path: Path) -> bytes:
        if path.name == "deep.py":
            raise KeyboardInterrupt
        return content(self, path)

    monkeypatch.setattr(ProjectTwins, "content", interrupted)
    run = project.run("build")
    assert run.code == 130
    assert run.err == "twingen: interrupted; the files that were written are complete\n"
    assert twins(project) not in (old, new)
    assert_whole(project, old, new)


def test_what_a_killed_build_left(project: Project) -> None:
    left = project.root / "out/pkg_sync/.client.py.twingen-abc123"
    left.write_text("half of a tw")
    assert project.run("check").code == 0
    assert project.run("build").code == 0
    assert left.exists(), "another build may be about to write it"
    os.utime(left, (0, 0))
    assert project.run("build").code == 0
    assert not left.exists()


def test_two_builds_at_once(project: Project) -> None:
    for number in range(3):
        old, new = versions(project)
        running = [build(project, "--jobs", "1") for _ in range(3)]
        while any(each.poll() is None for each in running):
            assert_whole(project, old, new)
        assert [each.communicate()[1] for each in running] == ["", "", ""], number
        assert [each.returncode for each in running] == [0, 0, 0]
        assert twins(project) == new


def test_edited_while_it_builds(project: Project) -> None:
    texts = [project.read(SOURCE) + f"# version {n}\n" for n in range(2)]
    states = []
    for text in texts:
        project.write(SOURCE, text)
        assert project.run("build").code == 0
        states.append(twins(project))
    ended = threading.Event()

    def edit() -> None:
        while not ended.is_set():
            for text in texts:
                other = project.root / "edited"
                other.write_text(text)
                os.replace(other, project.root / SOURCE)

    editor = threading.Thread(target=edit)
    editor.start()
    try:
        for _ in range(5):
            running = build(project)
            assert running.communicate()[1] == ""
            assert_whole(project, *states)
    finally:
        ended.set()
        editor.join()
    on_disk = project.read(TWIN) == states[1][TWIN].decode()
    said = project.run("check").code
    assert said == (0 if on_disk == (project.read(SOURCE) == texts[1]) else 1)


def test_page_edited_while_it_builds(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that holds its twins is the author's own file."""
    page = "# Use\n\n```python\nasync def f(x):\n    await x.wait()\n```\n"
    page += "\n<!-- twingen: twin -->\n```python\n```\n"
    project.write("docs/use.md", page)
    project.replace(
        "pyproject.toml", "[tool.twingen]", '[tool.twingen]\npages = ["docs/*.md"]'
    )
    made = ProjectTwins.content

    def edited(self: ProjectTwins, path: Path) -> bytes:
        content = made(self, path)
        project.append("docs/use.md", "\nwritten meanwhile\n")
        return content

    with monkeypatch.context() as patched:
        patched.setattr(ProjectTwins, "content", edited)
        run = project.run("build")
    assert run.code == 2
    assert "docs/use.md was edited while it was read: build again" in run.err
    assert "written meanwhile" in project.read("docs/use.md")


@posix_only
def test_full_disk(project: Project) -> None:
    import resource

    old, new = versions(project)
    limit = len(new[TWIN]) - 10

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [*COMMAND, str(project.root), "build", "--no-cache", "--jobs", "1"]
    run = subprocess.run(command, capture_output=True, text=True, preexec_fn=full)
    assert run.returncode == 2
    assert f"{project.root / TWIN}: File too large; fix that" in run.stderr
    assert "Traceback" not in run.stderr
    assert_whole(project, old, new)
    assert not list((project.root / "out").rglob("*.twingen-*"))
    assert project.run("check").code == 1


@posix_only
def test_link_that_leads_nowhere(project: Project) -> None:
    (project.root / "src/pkg/lost.py").symlink_to("nowhere.py")
    before = twins(project)
    run = project.run("build")
    assert run.code == 2
    assert f"{project.root}/src/pkg/lost.py: No such file or directory" in run.err
    assert twins(project) == before


@posix_only
def test_links_in_circles(project: Project) -> None:
    (project.root / "src/pkg/sub/up").symlink_to(project.root / "src/pkg")
    assert project.run("check").code == 0
    (project.root / "src/pkg/self.py").symlink_to("self.py")
    assert project.run("check").code == 2


@posix_only
def test_twin_that_is_a_link(project: Project) -> None:
    """What it leads to is not written."""
    precious = project.root / "precious.py"
    precious.write_text((project.root / TWIN).read_text())
    (project.root / TWIN).unlink()
    (project.root / TWIN).symlink_to(precious)
    project.append(SOURCE, "# more\n")
    before = precious.read_text()
    assert project.run("build").code == 0
    assert precious.read_text() == before
    assert not (project.root / TWIN).is_symlink()
    assert project.run("check").code == 0


@posix_only
def test_pipe_among_the_sources(project: Project) -> None:
    """Nobody would ever end the reading of it."""
    os.mkfifo(project.root / "src/pkg/pipe.py")
    assert project.run("check").code == 0


def test_folder_that_cannot_be_read(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twins of what is in there must not be taken for orphans."""
    hidden = str(project.root / "src/pkg/sub")
    before = twins(project)
    with unreadable(hidden, monkeypatch):
        run = project.run("build")
    assert run.code == 2
    assert f"{hidden}: Permission denied" in run.err
    assert twins(project) == before


@contextmanager
def unreadable(folder: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have a folder refuse to be listed, to root as well."""
    scandir: Callable[..., Iterator[os.DirEntry[str]]] = os.scandir

    def refusing(path: str) -> Iterator[os.DirEntry[str]]:
        if os.fspath(path) == folder:
            raise PermissionError(13, "Permission denied", folder)
        return scandir(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", refusing)
        yield


@posix_only
def test_what_editors_keep_beside_open_files(project: Project) -> None:
    """Emacs's lock is a link that leads nowhere; Vim's swap file is no data."""
    (project.root / "src/pkg/.#client.py").symlink_to("me@here.1:2")
    names = ("#client.py#", "client.py~", ".client.py.swp", ".DS_Store")
    for folder in ("src/pkg", "out/pkg_sync"):
        for name in names:
            project.write(f"{folder}/{name}", "not utf-8")
    before = project.snapshot()
    assert project.run("build").code == 0
    assert project.run("check").code == 0
    assert project.snapshot() == before


@pytest.mark.parametrize("command", ["build", "check", "diff", "adopt", "convert"])
def test_source_with_a_nul(command: str, project: Project) -> None:
    path = project.root / SOURCE
    path.write_bytes(path.read_bytes() + b'\n\nx = "a\0b"\n')
    given = [str(path)] if command == "convert" else []
    run = project.run(command, *given)
    assert run.code == 2
    assert run.err.startswith(f"{SOURCE}:18:7: TW001 syntax: the source does not parse")
    assert "Traceback" not in run.err


def test_page_with_a_nul(project: Project) -> None:
    page = b"```python\nawait f('\0')\n```\n<!-- twingen: twin -->\n"
    (project.root / "README.md").write_bytes(page)
    project.replace("pyproject.toml", "trees = [", 'pages = ["README.md"]\ntrees = [')
    run = project.run("build")
    assert run.code == 2
    assert run.err.startswith("README.md:2:10: TW001 syntax: the source does not parse")
