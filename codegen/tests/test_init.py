"""`twingen init` proposes a configuration, and what it proposes works."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from project import Project

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ASYNC = "class AsyncThing:\n    async def get(self) -> int:\n        return 1\n"
TEST = (
    "from lib import AsyncThing\n\n\nasync def test_get() -> None:\n"
    "    assert await AsyncThing().get() == 1\n"
)
TESTS = ("tests/_async", "tests/_sync")
# What a package is imported as, where that is not what is below its first folder.
MODULES = {
    "a namespace below src": "acme.lib._async",
    "a namespace that is imported": "acme.inner.lib",
    "a folder that is no namespace": "lib",
}
LAYOUTS: dict[str, tuple[dict[str, str], list[tuple[str, str]], dict[str, str]]] = {
    "folders called _async": (
        {
            "src/lib/__init__.py": "",
            "src/lib/_async/__init__.py": ASYNC,
            "tests/_async/test_it.py": TEST,
        },
        [("src/lib/_async", "src/lib/_sync"), TESTS],
        {"Async*": "*", "lib.Async*": "lib.*"},
    ),
    "a folder called aio": (
        {"lib/__init__.py": "", "lib/aio/__init__.py": "", "lib/aio/x.py": ASYNC},
        [("lib/aio", "lib/_sync")],
        {"Async*": "*"},
    ),
    "a folder called async_": (
        {"async_lib/__init__.py": "async def f(): ...\n"},
        [("async_lib", "sync_lib")],
        {},
    ),
    "a package": (
        {"src/lib/__init__.py": "", "src/lib/deep/__init__.py": ASYNC},
        [("src/lib", "src/lib_sync")],
        {"Async*": "*"},
    ),
    "a namespace below src": (
        {
            "src/acme/lib/__init__.py": "",
            "src/acme/lib/_async/__init__.py": ASYNC,
            "tests/_async/test_it.py": TEST.replace("lib", "acme.lib"),
        },
        [("src/acme/lib/_async", "src/acme/lib/_sync"), TESTS],
        {"Async*": "*", "acme.lib.Async*": "acme.lib.*"},
    ),
    "a namespace that is imported": (
        {
            "acme/inner/lib/__init__.py": "import acme.inner.lib.client\n",
            "acme/inner/lib/client.py": ASYNC,
        },
        [("acme/inner/lib", "acme/inner/lib_sync")],
        {"Async*": "*"},
    ),
    "a folder that is no namespace": (
        {
            "backend/lib/__init__.py": "from lib.client import AsyncThing\n",
            "backend/lib/client.py": ASYNC,
        },
        [("backend/lib", "backend/lib_sync")],
        {"Async*": "*"},
    ),
    "two folders for one twin": (
        {
            "lib/__init__.py": "",
            "lib/_async/__init__.py": ASYNC,
            "lib/aio/__init__.py": "async def f() -> None: ...\n",
        },
        [("lib/_async", "lib/_sync"), ("lib/aio", "lib/aio_sync")],
        {"Async*": "*"},
    ),
    "both classes in one package": (
        {"lib/__init__.py": ASYNC + "\n\nclass Thing: ...\n"},
        [("lib", "lib_sync")],
        {"Async*": "Sync*"},
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_init(tmp_path: Path, name: str) -> None:
    """What is proposed is a configuration that works."""
    files, trees, renames = LAYOUTS[name]
    project = Project(tmp_path)
    for path, text in files.items():
        project.write(path, text)
    project.write(".venv/lib/aio/__init__.py", ASYNC)
    project.write("pyproject.toml", '[project]\nname = "lib"')
    before = project.snapshot()
    shown = project.run("init")
    assert (shown.code, shown.err) == (0, "")
    assert project.snapshot() == before
    table = tomllib.loads(shown.out)["tool"]["twingen"]
    assert [(t["source"], t["target"]) for t in table["trees"]] == trees
    assert table.get("renames", {}) == renames
    module = table["trees"][0]["module"]
    assert module == MODULES.get(name, module)
    assert project.run("init", "--write", "--quiet").out == shown.out
    assert project.read("pyproject.toml").endswith(f'"lib"\n\n{shown.out}')
    assert project.run("build").code == 0
    assert project.run("check").code == 0


def test_init_says_what_is_in_the_way(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("lib/_async/__init__.py", ASYNC)
    project.write("lib/_sync/__init__.py", "")
    run = project.run("init", "--write")
    assert "# lib/_sync is there already: move it away before the first" in run.out
    assert tomllib.loads(project.read("pyproject.toml"))["tool"]["twingen"]


def test_init_leaves_a_configuration_alone(project: Project) -> None:
    before = project.snapshot()
    run = project.run("init", "--write")
    assert (run.code, run.out) == (2, "")
    assert "has a [tool.twingen] already" in run.err
    assert project.snapshot() == before


def test_init_of_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("lib/__init__.py", "x = 1\n")
    before = project.snapshot()
    run = project.run("init", "--write")
    assert (run.code, run.out) == (2, "")
    assert "there is no `async def`" in run.err
    assert project.snapshot() == before


def test_init_keeps_what_is_there(tmp_path: Path) -> None:
    """Line ends, comments and other tools' tables."""
    project = Project(tmp_path)
    project.write("lib/_async/__init__.py", ASYNC)
    before = "# a\r\n[tool.black]  # b\r\nline-length = 99\r\n"
    project.write("pyproject.toml", before)
    run = project.run("init", "--write", "--quiet")
    added = run.out.replace("\n", "\r\n")
    assert project.read("pyproject.toml") == f"{before}\r\n{added}"
    assert project.run("build").code == 0


def test_init_writes_no_configuration_that_cannot_be_read(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("lib/_async/__init__.py", ASYNC)
    project.write("pyproject.toml", "tool = {black = {line-length = 99}}\n")
    before = project.snapshot()
    run = project.run("init", "--write")
    assert run.code == 2
    assert run.out.startswith("[tool.twingen]\n")
    assert "pyproject.toml cannot be continued with [tool.twingen]" in run.err
    assert project.snapshot() == before
