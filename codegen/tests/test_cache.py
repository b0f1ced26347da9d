"""What an earlier run knows saves work, and never changes an answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.sample_project import PYPROJECT, Project, new_project
from twingen.analysis.symbols.definitions import Definitions
from twingen.analysis.symbols.library_tables import Libraries, Tasks, built_in_libraries
from twingen.analysis.symbols.names import Names
from twingen.conversion.trace import Trace
from twingen.project.batch import Batch
from twingen.project.cache import cache_of
from twingen.project.config import load
from twingen.project.conversion_results import Converted
from twingen.project.fingerprint import fingerprint
from twingen.project.table_cache import TableCache
from twingen.project.twin_folders import Project as Tree
from twingen.syntax.source import Source


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's cache lies; the project was built with another one."""
    monkeypatch.setenv("TWINGEN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def records(folder: Path) -> Path:
    """Return the file of the only project."""
    (file,) = folder.glob(f"{'[0-9a-f]' * 32}.json")
    return file


@pytest.fixture
def converted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were converted, in order."""
    found: list[str] = []
    real = Batch.convert

    def convert(
        self: Batch,
        source: Source,
        tasks: Tasks,
        names: Names | None = None,
        trace: Trace | None = None,
    ) -> Converted:
        found.append(source.path)
        return real(self, source, tasks, names, trace)

    monkeypatch.setattr(Batch, "convert", convert)
    return found


def test_nothing_is_converted_twice(project: Project, converted: list[str]) -> None:
    assert project.run("check").code == 0
    assert len(converted) == 5
    assert project.run("check").code == 0
    assert len(converted) == 5
    assert project.run("check", "--no-cache").code == 0
    assert len(converted) == 10


# What a run without anything to convert or to write has no use for.
UNNEEDED = {
    *("libcst", "black", "asyncio", "concurrent.futures", "multiprocessing"),
    *("importlib.metadata", "importlib.resources", "platformdirs", "tempfile"),
    *("twingen.analysis.symbols.definitions", "twingen.analysis.symbols.dependencies"),
    *(
        "twingen.analysis.symbols.library_tables",
        "twingen.project.batch",
        "twingen.project.workers",
    ),
}


@pytest.mark.parametrize("command", ["build", "check", "diff"])
def test_what_is_in_step_loads_no_parser(project: Project, command: str) -> None:
    """libcst and black take longer to load than all the rest, others a part of it."""
    project.run("check")
    program = (
        "import sys; from twingen.commands.cli import main; "
        "code = main(sys.argv[1:]); "
        f"assert not {UNNEEDED} & set(sys.modules), {UNNEEDED} & set(sys.modules); "
        "sys.exit(code)"
    )
    # Modules outside of the sources are searched elsewhere than in this process.
    start = [sys.executable, "-c", "from twingen.commands.cli import main; main()"]
    place = ["--project", str(project.root)]
    subprocess.run([*start, *place, "check"], check=True)
    subprocess.run([sys.executable, "-c", program, *place, command], check=True)


def test_one_change_converts_one_source(project: Project, converted: list[str]) -> None:
    project.run("check")
    client = project.root / "src/pkg/client.py"
    client.write_text(client.read_text().replace("Sleeps", "Waits"))
    converted.clear()
    assert project.run("build").code == 0
    assert converted == ["src/pkg/client.py"]
    assert '"""Waits, ' in (project.root / "out/pkg_sync/client.py").read_text()


def test_a_new_function_converts_no_other_source(
    project: Project, converted: list[str]
) -> None:
    project.run("check")
    project.append("src/pkg/errors.py", "\n\nasync def forget() -> None: ...\n")
    converted.clear()
    assert project.run("build").code == 0
    assert converted == ["src/pkg/errors.py"]


def test_a_new_function_converts_who_asked_for_it(
    project: Project, converted: list[str]
) -> None:
    """What is not there yet was asked for as well, by its name."""
    deep = "src/pkg/sub/deep.py"
    project.append(deep, "\n\nasync def run():\n    from .. import errors\n\n")
    project.append(deep, "    return errors.forget(1)\n")
    project.run("check")
    project.append("src/pkg/errors.py", "\n\nasync def forget(x):\n    return x\n")
    converted.clear()
    run = project.run("build")
    assert (run.code, converted) == (2, ["src/pkg/errors.py", deep])
    assert run == project.run("build", "--no-cache")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"Async*" = "*"', '"Async*" = "Sync*"'),
        ("[tool.twingen]", "[tool.black]\nline-length = 40\n\n[tool.twingen]"),
        ("[tool.twingen]", '[project]\nrequires-python = ">=3.12"\n\n[tool.twingen]'),
    ],
    ids=["renames", "layout", "versions"],
)
def test_the_configuration_counts(
    old: str, new: str, project: Project, converted: list[str]
) -> None:
    project.run("check")
    file = project.root / "pyproject.toml"
    file.write_text(file.read_text().replace(old, new))
    converted.clear()
    project.run("check")
    assert len(converted) == 5


def test_drift_is_seen_all_the_same(project: Project, converted: list[str]) -> None:
    project.run("check")
    twin = project.root / "out/pkg_sync/client.py"
    twin.write_text(twin.read_text() + "x = 1\n")
    converted.clear()
    run = project.run("check", "--diff")
    assert run.code == 1
    assert "edited by hand" in run.err
    assert "-x = 1" in run.out
    assert set(converted) == {"src/pkg/client.py"}, "to show where its lines come from"
    assert project.run("build", "--force").code == 0
    assert project.run("check").code == 0


def test_what_nothing_uses_is_still_an_error(project: Project) -> None:
    project.run("check")
    errors = project.root / "src/pkg/errors.py"
    for source in project.root.glob("src/**/*.py"):
        source.write_text("")
    errors.write_text("class Lost(Exception): ...\n")
    run = project.run("build")
    assert run.code == 2
    assert "nothing uses renames: Async*" in run.err


def test_refusals_are_told_again(project: Project) -> None:
    client = project.root / "src/pkg/client.py"
    client.write_text(client.read_text().replace("sleep(delay)", "shield(delay)"))
    first, second = project.run("check"), project.run("check")
    assert first.code == second.code == 2
    assert "asyncio.shield" in first.err
    assert first.err == second.err


def test_what_is_refused_again_loads_no_parser(project: Project) -> None:
    project.replace("src/pkg/client.py", "sleep(delay)", "shield(delay)")
    project.write("src/pkg/errors.py", "def broken(:\n")
    assert project.run("check").code == 2
    program = (
        "import sys; from twingen.commands.cli import main; "
        "code = main(sys.argv[1:]); "
        "assert not {'libcst', 'black'} & set(sys.modules); sys.exit(code)"
    )
    arguments = [sys.executable, "-c", program, "--project", str(project.root)]
    # What is searched for modules outside of the sources is not the same there.
    for _ in range(2):
        run = subprocess.run([*arguments, "check"], check=False, capture_output=True)
    assert run.returncode == 2, run.stderr


@pytest.mark.parametrize("tasks", ["threads", "turns"])
def test_tables_are_kept_as_they_are_read(
    tasks: Tasks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = TableCache(tmp_path, "this twingen")
    assert kept.libraries(tasks) == built_in_libraries(tasks)
    parsed = Libraries(methods={"parsed": "again"})
    monkeypatch.setattr(
        "twingen.project.table_cache.built_in_libraries", lambda _: parsed
    )
    assert kept.libraries(tasks) == built_in_libraries(tasks)
    # Neither another twingen nor a file that was damaged brings other rows.
    (file,) = tmp_path.iterdir()
    content = file.read_text()
    file.write_text(content.replace("asyncio.sleep", "asyncio.slept"))
    assert kept.libraries(tasks) == parsed
    file.write_text(content)
    assert TableCache(tmp_path, "another").libraries(tasks) == parsed
    assert TableCache().libraries(tasks) == parsed


def test_a_table_that_changes_is_read_again(
    project: Project, converted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here all of twingen is another one, as it is with any of its files."""
    project.run("check")
    converted.clear()
    monkeypatch.setattr("twingen.project.cache.fingerprint", lambda _: "another")
    read: list[str] = []

    def parsed(tasks: str) -> Libraries:
        read.append(tasks)
        return built_in_libraries(tasks)

    monkeypatch.setattr("twingen.project.table_cache.built_in_libraries", parsed)
    assert project.run("check").code == 0
    assert (len(converted), read) == (5, ["threads"])


class TestFingerprint:
    @pytest.fixture
    def tool(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """Stands for the folder of twingen."""
        folder = tmp_path / "twingen"
        (folder / "libraries").mkdir(parents=True)
        (folder / "rule.py").write_text("a = 1\n")
        (folder / "libraries" / "asyncio.toml").write_text("[asyncio]\n")
        monkeypatch.setattr("twingen.project.fingerprint._FOLDER", str(folder))
        return folder

    @staticmethod
    def of(folder: Path) -> str:
        fingerprint.cache_clear()
        try:
            return fingerprint(folder)
        finally:
            fingerprint.cache_clear()

    @pytest.mark.parametrize("name", ["rule.py", "libraries/asyncio.toml"])
    def test_of_other_content(
        self, name: str, tool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("twingen.project.fingerprint._UNSURE", -60.0)
        before = self.of(tmp_path)
        file = tool / name
        stat = file.stat()
        content = file.read_text()
        file.write_text(content.swapcase())  # of the same size
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        after = self.of(tmp_path)
        assert after != before
        file.write_text(content)
        assert self.of(tmp_path) == before
        file.rename(tool / f"other{file.suffix}")
        assert self.of(tmp_path) not in (before, after)

    def test_files_are_read_once(
        self, tool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("twingen.project.fingerprint._UNSURE", -60.0)
        before = self.of(tmp_path)
        monkeypatch.setattr("twingen.project.fingerprint._read", lambda: "again")
        assert self.of(tmp_path) == before
        (tool / "new.py").touch()
        assert self.of(tmp_path) != before

    def test_what_was_just_written_is_read_again(
        self, tool: Path, tmp_path: Path
    ) -> None:
        """It may be written once more within the same tick of the file system."""
        self.of(tmp_path)
        assert [*tmp_path.iterdir()] == [tool]


def test_what_is_read_outside_of_the_sources_counts(
    tmp_path: Path, converted: list[str]
) -> None:
    """A module that is no source is read again when it changes, or first appears."""
    tree = "pkg/core.py"
    project = new_project(
        tmp_path / "outside",
        **{
            "pyproject.toml": PYPROJECT.replace('"src/pkg"', '"pkg/aio"')
            .replace('module = "pkg"', 'module = "pkg.aio"')
            .replace("pkg_sync", "pkg.sync")
            .replace("out/pkg.sync", "pkg/sync"),
            "pkg/__init__.py": "",
            "pkg/aio/__init__.py": "",
            "pkg/aio/a.py": "from pkg.core import Base\n\n\nclass AsyncA(Base):\n"
            "    async def aclose(self) -> None: ...\n",
            "pkg/aio/b.py": "async def other() -> None: ...\n",
        },
    )
    project.write(tree, "class Base:\n    pass\n")
    assert project.run("build").code == 0
    converted.clear()
    assert project.run("check").code == 0
    assert converted == []
    project.write(tree, "class Base:\n    def close(self): ...\n")
    run = project.run("check")
    assert (run.code, converted) == (2, ["pkg/aio/a.py"])
    assert run == project.run("check", "--no-cache")
    project.remove(tree)
    assert project.run("check").code == 0


def test_what_was_refused_is_not_converted_again(
    project: Project, converted: list[str]
) -> None:
    project.replace("src/pkg/client.py", "sleep(delay)", "shield(delay)")
    project.write("src/pkg/errors.py", "def broken(:\n")
    first = project.run("build")
    assert (first.code, len(converted)) == (2, 4)
    converted.clear()
    assert project.run("build") == first
    assert converted == []
    project.append("src/pkg/sub/deep.py", "# more\n")
    assert project.run("build") == first
    assert converted == ["src/pkg/sub/deep.py"]


def test_the_cache_has_no_say_in_what_tasks_become(
    tmp_path: Path, converted: list[str]
) -> None:
    """What a body awaits may decide it, without another definition in any source."""
    plain = PYPROJECT.replace('tasks = "threads"\n', "")
    project = new_project(tmp_path / "inferred", **{"pyproject.toml": plain})
    client = "src/pkg/client.py"
    project.append(client, "\n\nasync def given(x):\n    return 1\n")
    for old, new in (("1", "await x"), ("await x", "1"), ("1", "await x")):
        assert project.run("build").code == 0
        project.replace(client, f"return {old}", f"return {new}")
        run = project.run("build")
        assert (run.code, "tasks take turns" in run.out) == (0, new == "await x")
        assert project.run("check", "--no-cache").code == 0
    # What threads refuse is known, so that a change elsewhere costs one conversion.
    project.append("src/pkg/sub/deep.py", "# more\n")
    converted.clear()
    assert project.run("build").code == 0
    assert converted == ["src/pkg/sub/deep.py"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"key": 1}', b'{"definitions": [], "known": 7}']
)
def test_a_broken_cache_is_no_cache(
    content: bytes, project: Project, folder: Path, converted: list[str]
) -> None:
    project.run("check")
    file = records(folder)
    file.write_bytes(content)
    converted.clear()
    assert project.run("check").code == 0
    assert len(converted) == 5
    assert json.loads(file.read_bytes().splitlines()[0])["known"]


def test_a_wrong_cache_writes_nothing(project: Project, folder: Path) -> None:
    """Not even one that was tampered with brings other bytes into a twin."""
    project.run("check")
    file = records(folder)
    first, rest = file.read_bytes().splitlines()
    content = json.loads(first)
    for known in content["known"].values():
        known["threads"]["digest"] = "0" * 64
    file.write_bytes(json.dumps(content).encode() + b"\n" + rest)
    before = project.snapshot()
    run = project.run("build", "--force")
    assert run.code == 2
    assert "the cache is wrong" in run.err
    assert project.snapshot() == before
    assert project.run("check", "--no-cache").code == 0


def test_a_cache_that_cannot_be_written(project: Project, folder: Path) -> None:
    folder.write_text("a file is in the way")
    assert project.run("check").code == 0
    assert project.run("build").code == 0


def test_only_what_is_there_is_kept(project: Project, folder: Path) -> None:
    project.run("check")
    (project.root / "src/pkg/sub/deep.py").unlink()
    project.run("build")
    file = records(folder)
    first, rest = map(json.loads, file.read_bytes().splitlines())
    assert len(first["known"]) == len(rest["definitions"]) == len(rest["asked"]) == 4


def test_several_processes_give_the_same_bytes(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twingen.project.workers._WORTH", 1)
    config = load(project.root)
    several, alone = Tree(config, jobs=3), Tree(config)
    assert several.outputs == alone.outputs


def test_several_processes_tell_every_refusal(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twingen.project.workers._WORTH", 1)
    project.write("src/pkg/errors.py", "def broken(:\n")
    client = project.root / "src/pkg/client.py"
    client.write_text(client.read_text().replace("sleep(delay)", "shield(delay)"))
    several = project.run("check", "--no-cache", "--jobs", "2")
    alone = project.run("check", "--no-cache", "--jobs", "1")
    assert several.code == 2
    assert "asyncio.shield" in several.err
    assert "does not parse" in several.err
    assert several.err == alone.err


def test_definitions_survive_json(project: Project) -> None:
    found = Definitions(
        modules={"a": "b"},
        names={"x", "y"},
        classes={"a.C": ("a.B", "a.A")},
        parameters={"a.f": {"x": 1, "y": None}},
        receivers={"a.f": "self"},
        side={"a.ASYNC": True, "# ASYNC": "async-only"},
        sides_used={"a.ASYNC"},
    )
    again = Definitions.from_json(json.loads(json.dumps(found.as_json())))
    assert again == found


def test_memory_is_bounded(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source beyond the limit is parsed again, to the same end."""
    expected = Tree(load(project.root)).outputs
    monkeypatch.setattr("twingen.project.batch._KEPT", 0)
    assert Tree(load(project.root)).outputs == expected
    assert cache_of(load(project.root)).definitions(Source("")) is None
