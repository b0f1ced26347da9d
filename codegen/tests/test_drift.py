"""`twingen check` notices every kind of drift and writes nothing, ever.

The matrix goes through the command line: the exit code, what is said, and a hash
of the whole project (names, bytes, time stamps) before and after.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.sample_project import PYPROJECT, Project, new_project
from twingen.project.files import replace

TWIN = "out/pkg_sync/client.py"
SOURCE = "src/pkg/client.py"
RUNTIME = "out/pkg_sync/runtime/deadline.py"


def cut_short(project: Project) -> None:
    project.write(TWIN, project.read(TWIN)[:-40])


def one_byte(project: Project) -> None:
    project.replace(TWIN, '"""A client."""', '"""A clienT."""')


def header_only(project: Project) -> None:
    project.replace(TWIN, "from src/pkg/client.py", "from src/pkg/cl1ent.py")


def unseen(project: Project, name: str, old: str, new: str) -> None:
    """Change a file so that neither its length nor its time stamps say so."""
    assert len(old) == len(new)
    path = project.root / name
    status = path.stat()
    project.replace(name, old, new)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def swap(project: Project) -> None:
    other = "out/pkg_sync/errors.py"
    mine, theirs = project.read(TWIN), project.read(other)
    project.write(TWIN, theirs)
    project.write(other, mine)


DRIFTS: dict[str, tuple[Callable[[Project], None], str]] = {
    "source edited": (
        lambda p: p.replace(SOURCE, "delay), 1", "delay), 2"),
        f"{TWIN}: stale (from {SOURCE})",
    ),
    "comment in a source": (
        lambda p: p.append(SOURCE, "# a comment\n"),
        f"{TWIN}: stale (from {SOURCE})",
    ),
    "word in a docstring": (
        lambda p: p.replace(SOURCE, '"""A client."""', '"""The client."""'),
        f"{TWIN}: stale",
    ),
    "source emptied": (lambda p: p.write(SOURCE, ""), f"{TWIN}: stale"),
    "one byte of a twin": (one_byte, f"{TWIN}: edited by hand"),
    "header of a twin": (header_only, TWIN),
    "code appended to a twin": (
        lambda p: p.append(TWIN, "x = 1\n"),
        f"{TWIN}: edited by hand",
    ),
    "space appended to a twin": (
        lambda p: p.append(TWIN, "\n"),
        f"{TWIN}: edited by hand",
    ),
    "twin cut short": (cut_short, f"{TWIN}: edited by hand"),
    "twin emptied": (lambda p: p.write(TWIN, ""), f"{TWIN}: edited by hand"),
    "line ends of a twin": (
        lambda p: p.write(TWIN, p.read(TWIN).replace("\n", "\r\n")),
        f"{TWIN}: edited by hand",
    ),
    "twin deleted": (lambda p: p.remove(TWIN), f"{TWIN}: missing (from {SOURCE})"),
    "source deleted": (
        lambda p: p.remove("src/pkg/sub/deep.py"),
        "out/pkg_sync/sub/deep.py: orphan",
    ),
    "new source": (
        lambda p: p.write("src/pkg/new.py", "async def f(): ...\n"),
        "out/pkg_sync/new.py: missing (from src/pkg/new.py)",
    ),
    "new empty source": (
        lambda p: p.write("src/pkg/empty/__init__.py", ""),
        "out/pkg_sync/empty/__init__.py: missing",
    ),
    "source for the async side now": (
        lambda p: p.write(
            "src/pkg/sub/deep.py",
            "# twingen: async-only\n" + p.read("src/pkg/sub/deep.py"),
        ),
        "out/pkg_sync/sub/deep.py: orphan",
    ),
    "foreign file in the target": (
        lambda p: p.write("out/pkg_sync/notes.txt", "mine"),
        "out/pkg_sync/notes.txt: not written by twingen",
    ),
    "foreign module in the target": (
        lambda p: p.write("out/pkg_sync/hand.py", "x = 1\n"),
        "out/pkg_sync/hand.py: not written by twingen",
    ),
    "runtime copy edited": (
        lambda p: p.append(RUNTIME, "# faster\n"),
        f"{RUNTIME}: edited by hand",
    ),
    "runtime copy deleted": (
        lambda p: p.remove(RUNTIME),
        f"{RUNTIME}: missing (from twingen.runtime.deadline)",
    ),
    "runtime package deleted": (
        lambda p: p.remove("out/pkg_sync/runtime/__init__.py"),
        "out/pkg_sync/runtime/__init__.py: missing",
    ),
    "runtime not needed any more": (
        lambda p: p.write(SOURCE, "class AsyncClient: ...\n"),
        f"{RUNTIME}: orphan",
    ),
    "resource differs": (
        lambda p: p.write("out/pkg_sync/py.typed", "partial\n"),
        "out/pkg_sync/py.typed: stale",
    ),
    "resource missing": (
        lambda p: p.remove("out/pkg_sync/py.typed"),
        "out/pkg_sync/py.typed: missing",
    ),
    "twin edited, length and time stamps kept": (
        lambda p: unseen(p, TWIN, "delay, 1", "delay, 2"),
        f"{TWIN}: edited by hand",
    ),
    "source edited, length and time stamps kept": (
        lambda p: unseen(p, SOURCE, "delay), 1", "delay), 2"),
        f"{TWIN}: stale (from {SOURCE})",
    ),
    "two twins swapped": (swap, f"{TWIN}: stale (from {SOURCE})"),
    "mark before a twin": (
        lambda p: p.write(TWIN, "\ufeff" + p.read(TWIN)),
        f"{TWIN}: edited by hand",
    ),
    "a rename of the configuration": (
        lambda p: p.replace("pyproject.toml", '"Async*" = "*"', '"Async*" = "Sync*"'),
        f"{TWIN}: stale",
    ),
    "layout of the configuration": (
        lambda p: p.append("pyproject.toml", "[tool.black]\nline-length = 40\n"),
        f"{TWIN}: stale",
    ),
}


def test_check_of_twins_in_step_writes_nothing(project: Project) -> None:
    before = project.snapshot()
    run = project.run("check")
    assert (run.code, run.err) == (0, "")
    assert run.out == "8 files in step\n"
    assert project.run("diff") == type(run)(0, "", "")
    assert project.snapshot() == before


def test_matrix_is_wide() -> None:
    """The same change under two names would be one kind."""
    assert len({change for change, _ in DRIFTS.values()}) == len(DRIFTS) >= 30


@pytest.mark.parametrize("name", DRIFTS)
def test_drift(name: str, project: Project) -> None:
    change, said = DRIFTS[name]
    change(project)
    before = project.snapshot()
    check, diff = project.run("check"), project.run("diff")
    assert project.snapshot() == before
    assert (check.code, diff.code) == (1, 1)
    assert said in check.err
    assert project.run("check", "--no-cache") == check
    assert "twingen build" in check.err
    empty = name == "resource missing"  # nothing to show of an empty file
    assert diff.out.startswith("--- ") != empty


def test_check_can_show_the_difference(project: Project) -> None:
    project.append(SOURCE, "# more\n")
    run = project.run("check", "--diff")
    assert run.code == 1
    assert run.out == project.run("diff").out
    assert "+# more" in run.out


@pytest.mark.parametrize("name", DRIFTS)
def test_build_mends_or_leaves_alone(name: str, project: Project) -> None:
    change, said = DRIFTS[name]
    change(project)
    before = project.snapshot()
    run = project.run("build")
    if "edited by hand" in said:
        assert run.code == 1
        assert "twingen build --force" in run.err
        assert project.snapshot() == before
        run = project.run("build", "--force")
    if "not written by twingen" in said:
        assert run.code == 1
        assert project.read(said.partition(":")[0])
        return
    assert run.code == 0, run.err
    assert project.run("check").code == 0
    after = project.snapshot()
    assert project.run("build").code == 0
    assert project.snapshot() == after, "building twice writes nothing"


def test_one_refusal_keeps_every_file(tmp_path: Path) -> None:
    project = new_project(
        tmp_path, **{"src/pkg/sub/deep.py": "async def f(x):\n    await x\n"}
    )
    assert project.run("build").code == 2
    assert not (tmp_path / "out").exists()


def test_excluded_files_have_no_twin(project: Project) -> None:
    project.write("src/pkg/stub.pyi", "")
    project.write("src/pkg/sub/_loop.py", "async def f(x):\n    await x\n")
    exclude = 'module = "pkg", exclude = ["*.pyi", "*/_loop.py"]'
    project.replace("pyproject.toml", 'module = "pkg"', exclude)
    assert project.run("build").code == 0
    assert project.run("check").code == 0
    twins = {path.name for path in (project.root / "out").rglob("*")}
    assert twins
    assert not twins & {"stub.pyi", "_loop.py"}


def test_one_hand_edit_keeps_every_file(project: Project) -> None:
    project.append("out/pkg_sync/errors.py", "# mine\n")
    project.append(SOURCE, "# theirs\n")
    before = project.snapshot()
    assert project.run("build").code == 1
    assert project.snapshot() == before


def test_diff_shows_both_sides(project: Project) -> None:
    project.replace(SOURCE, "delay), 1", "delay), 2")
    lines = project.run("diff").out.splitlines()
    assert lines[0] == f"--- {TWIN} (stale)"
    assert lines[1] == f"+++ {TWIN} (twin)"
    assert "-            sleep(delay, 1)" in lines
    assert "+            sleep(delay, 2)" in lines


def test_files_are_replaced_whole(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written appears under its name only when it is complete."""
    project.append(SOURCE, "# more\n")
    before = project.read(TWIN)

    def fail(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(os, "replace", fail)
    run = project.run("build")
    assert run.code == 2
    assert f"{project.root / TWIN}: the disk is gone" in run.err
    assert project.read(TWIN) == before
    left = [path.name for path in (project.root / "out/pkg_sync").iterdir()]
    assert not [name for name in left if name.startswith(".client.py")]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_twins_have_the_usual_permissions(project: Project) -> None:
    probe = project.root / "probe"
    probe.touch()
    assert (project.root / TWIN).stat().st_mode == probe.stat().st_mode


def test_line_ends_and_mark_of_a_source_do_not_matter(project: Project) -> None:
    text = project.read(SOURCE)
    project.write(SOURCE, "\ufeff" + text.replace("\n", "\r\n"))
    assert project.run("check").code == 0


def test_from_a_folder_below(project: Project) -> None:
    below = Project(project.root / "src" / "pkg")
    assert below.run("check").code == 0


def test_twin_works_without_twingen(project: Project) -> None:
    code = (
        "import sys; sys.modules['twingen'] = None\n"
        "import pkg_sync, pkg_sync.sub.deep, pkg_sync.errors\n"
        "assert 'asyncio' not in sys.modules\n"
        "client = pkg_sync.Client()\n"
        "client.pause(0)\n"
        "pkg_sync.sub.deep.pause(client)\n"
    )
    project.replace("src/pkg/sub/deep.py", "pause(1)", "pause(0)")
    assert project.run("build").code == 0
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(project.root / "out")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr


def test_as_a_command(project: Project) -> None:
    """The exit code reaches the shell."""
    project.append(SOURCE, "# more\n")
    command = [sys.executable, "-m", "twingen", "--project", str(project.root)]
    run = subprocess.run([*command, "check"], capture_output=True, timeout=120)
    assert run.returncode == 1
    project.write("pyproject.toml", PYPROJECT.replace("runtime", "run"))
    run = subprocess.run([*command, "check"], capture_output=True, timeout=120)
    assert run.returncode == 2


def test_diff_of_a_file_without_a_last_line_end(project: Project) -> None:
    project.write(TWIN, project.read(TWIN).rstrip("\n").replace("\n", "\x0c\n", 1))
    lines = project.run("diff").out.split("\n")
    at = lines.index("\\ No newline at end of file")
    assert lines[at - 1].startswith("-")
    assert lines[at + 1].startswith("+")
    assert [line for line in lines if "\x0c" in line] == [
        "-# Generated by twingen from src/pkg/client.py\x0c"
    ]


def test_case_of_a_name_changes(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where case does not count, the old name would be removed with the new twin."""
    folder = project.root / "out/pkg_sync"
    (project.root / "src/pkg/errors.py").rename(project.root / "src/pkg/new.py")
    (project.root / "src/pkg/new.py").rename(project.root / "src/pkg/Errors.py")
    project.replace("src/pkg/client.py", "pkg.errors", "pkg.Errors")
    there: list[bool] = []

    def written(path: Path, content: bytes, *, executable: bool = False) -> None:
        there.append("errors.py" in os.listdir(folder))
        replace(path, content, executable=executable)

    monkeypatch.setattr("twingen.project.twin_folders.replace", written)
    assert project.run("build").code == 0
    assert there == [False, False]
    assert "Errors.py" in os.listdir(folder)
    assert project.run("check").code == 0


@pytest.mark.skipif(os.name != "posix", reason="files say who may run them")
def test_run_bits_are_those_of_the_source(project: Project) -> None:
    source, twin = project.root / SOURCE, project.root / TWIN
    source.chmod(0o755)
    run = project.run("check")
    assert (run.code, f"{TWIN}: stale" in run.err) == (1, True)
    assert project.run("build").code == 0
    assert os.access(twin, os.X_OK)
    assert project.run("check").code == 0
    source.chmod(0o644)
    assert project.run("build").code == 0
    assert not os.access(twin, os.X_OK)


def test_what_runs_a_script_stays_its_first_line(project: Project) -> None:
    project.write(SOURCE, f"#!/usr/bin/env python3\n{project.read(SOURCE)}")
    assert project.run("build").code == 0
    first, second, *_ = project.read(TWIN).split("\n")
    assert first == "#!/usr/bin/env python3"
    assert second == f"# Generated by twingen from {SOURCE}"
    assert project.run("check").code == 0
    place = project.run("where", f"{TWIN}:14").out
    assert place.startswith(f"{SOURCE}:12\n")
    project.replace(TWIN, "#!/usr/bin/env python3", "#!/usr/bin/python")
    run = project.run("check")
    assert (run.code, f"{TWIN}: edited by hand" in run.err) == (1, True)
