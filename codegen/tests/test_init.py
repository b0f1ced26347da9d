"""`twingen init` proposes a configuration, and what it proposes works."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.sample_project import Project

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
    "packages below another one, in a folder that is none": (
        {
            "lib/__init__.py": "",
            "lib/client.py": ASYNC,
            "lib/ext/commands/__init__.py": "",
            "lib/ext/commands/core.py": "async def f(): ...\n",
            "lib/ext/tasks/__init__.py": "async def f(): ...\n",
        },
        [("lib", "lib_sync")],
        {"Async*": "*"},
    ),
    "names that only begin like others": (
        {
            "lib/__init__.py": "",
            "lib/aio/__init__.py": "",
            "lib/aio/x.py": "class AsyncpgExecutor:\n    async def get(self): ...\n",
        },
        [("lib/aio", "lib/_sync")],
        {},
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
    "packages below a folder that is none": (
        {
            "lib/__init__.py": "",
            "lib/client.py": "async def f(): ...\n",
            "lib/ext/commands/__init__.py": "",
            "lib/ext/commands/core.py": ASYNC,
            "lib/ext/tasks/__init__.py": "async def f(): ...\n",
        },
        [("lib", "lib_sync")],
        {"Async*": "*"},
    ),
    "words that begin alike": (
        {
            "lib/__init__.py": "",
            "lib/_async/__init__.py": ASYNC
            + "\n\nclass AsyncpgPool: ...\n\n\nclass AsynchronousSearch: ...\n",
        },
        [("lib/_async", "lib/_sync")],
        {"Async*": "*"},
    ),
    "only words that begin alike": (
        {
            "lib/__init__.py": "",
            "lib/aio/__init__.py": ASYNC.replace("AsyncT", "AsyncpgT"),
        },
        [("lib/aio", "lib/_sync")],
        {},
    ),
    "a folder called asynchronous": (
        {"lib/__init__.py": "", "lib/asynchronous/__init__.py": ASYNC},
        [("lib/asynchronous", "lib/synchronous")],
        {"Async*": "*"},
    ),
    "a folder called asyncio": (
        {
            "lib/__init__.py": "class Thing: ...\n",
            "lib/asyncio/__init__.py": ASYNC.replace("Async", ""),
        },
        [("lib/asyncio", "lib/_sync")],
        {},
    ),
    "a sync side of another name": (
        {
            "lib/__init__.py": "",
            "lib/aio/__init__.py": ASYNC,
            "lib/blocking/readme.txt": "",
        },
        [("lib/aio", "lib/blocking")],
        {"Async*": "*"},
    ),
    "a sync side called Sync": (
        {
            "lib/__init__.py": "",
            "lib/_async/__init__.py": ASYNC,
            "lib/other.py": "class SyncThing: ...\n",
        },
        [("lib/_async", "lib/_sync")],
        {"Async*": "Sync*"},
    ),
    "functions": (
        {
            "lib/__init__.py": "",
            "lib/_async/__init__.py": "async def async_get() -> int: ...\n\n\n"
            "async def async_import() -> int: ...\n",
        },
        [("lib/_async", "lib/_sync")],
        {"async_*": "*"},
    ),
    "both functions": (
        {
            "lib/__init__.py": "",
            "lib/_async/__init__.py": "async def async_get() -> int: ...\n\n\n"
            "def get() -> int: ...\n",
        },
        [("lib/_async", "lib/_sync")],
        {"async_*": "sync_*"},
    ),
    "a word that begins alike": (
        {"asyncdb/__init__.py": ASYNC},
        [("asyncdb", "asyncdb_sync")],
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
    noted = project.run("init")
    shown = project.run("init", "--quiet")
    assert (shown.code, shown.err) == (0, "")
    assert noted.out.startswith(shown.out)
    assert tomllib.loads(noted.out) == tomllib.loads(shown.out)
    assert project.snapshot() == before
    table = tomllib.loads(shown.out)["tool"]["twingen"]
    assert [(t["source"], t["target"]) for t in table["trees"]] == trees
    assert table.get("renames", {}) == renames
    module = table["trees"][0]["module"]
    assert module == MODULES.get(name, module)
    assert project.run("init", "--write", "--quiet").out == shown.out
    assert project.read("pyproject.toml").endswith(f'"lib"\n\n{shown.out}')
    (project.root / "lib/blocking/readme.txt").unlink(missing_ok=True)
    assert project.run("build").code == 0
    assert project.run("check").code == 0


def test_init_says_what_is_in_the_way(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("lib/_async/__init__.py", ASYNC)
    project.write("lib/_sync/__init__.py", "")
    run = project.run("init", "--write")
    assert "# lib/_sync already exists: move it away before the first" in run.out
    assert tomllib.loads(project.read("pyproject.toml"))["tool"]["twingen"]


def test_init_leaves_a_configuration_alone(project: Project) -> None:
    before = project.snapshot()
    run = project.run("init", "--write")
    assert (run.code, run.out) == (2, "")
    assert "already has a [tool.twingen]" in run.err
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
    assert "[tool.twingen] cannot be appended to " in run.err
    assert project.snapshot() == before


FLAT = {
    "pyproject.toml": '[project]\nname = "lib"\n',
    "src/lib/__init__.py": "from .client import AsyncThing as AsyncThing\n"
    "from .errors import Lost as Lost\n",
    "src/lib/errors.py": "class Lost(Exception): ...\n",
    "src/lib/client.py": "from .errors import Lost\n\n\n"
    + ASYNC.replace("return 1", "raise Lost"),
    "src/lib/tool.py": "from . import client\nfrom .client import AsyncThing\n\n\n"
    "def make() -> AsyncThing:\n    return client.AsyncThing()\n",
}
LINE = re.compile(r"^#    (.*)$", re.MULTILINE)


def words(text: str) -> str:
    """Return comments as one line."""
    return " ".join(text.replace("\n#", "\n").split())


@pytest.fixture
def flat(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    for path, text in FLAT.items():
        project.write(path, text)
    return project


@pytest.mark.skipif(sys.platform == "win32", reason="the lines are for a POSIX shell")
def test_what_waits_in_a_flat_package_moves(flat: Project) -> None:
    """What is proposed is done, step by step, and both sides share their exceptions."""
    flat.write("src/lib/deep/__init__.py", "")
    flat.write("src/lib/deep/more.py", "async def more() -> None: ...\n")
    run = flat.run("init")
    told = words(run.out)
    assert "contain a copy of every module, even of src/lib/errors.py," in told
    assert "Then each exception would exist twice" in told
    for line in LINE.findall(run.out):
        command = line.removeprefix("git ").split()
        subprocess.run(command, cwd=flat.root, check=True)
    assert not (flat.root / "src/lib/tool.py").exists()
    assert flat.read("src/lib/_async/deep/more.py")
    flat.replace("src/lib/_async/client.py", "from .errors", "from ..errors")
    flat.replace("src/lib/__init__.py", "from .client", "from ._async.client")
    run = flat.run("init", "--write")
    assert "trap" not in run.out
    assert flat.run("build").code == 0
    (line,) = LINE.findall(run.out)
    assert line == "from ._sync.client import Thing as Thing"
    flat.append("src/lib/__init__.py", line + "\n")
    code = (
        "import lib\nfrom lib._sync.tool import make\ntry:\n    make().get()\n"
        "except lib.Lost:\n    print(lib.Thing, 'is lost')\n"
    )
    python = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(flat.root / "src")},
        capture_output=True,
        text=True,
    )
    assert python.stdout == "<class 'lib._sync.client.Thing'> is lost\n", python.stderr


def test_imports_of_a_flat_package_change(flat: Project) -> None:
    said = words(flat.run("init").out)
    assert (
        "In what moved, `from .errors` becomes `from ..errors`. In "
        "what stayed, `from .client` becomes `from ._async.client`."
    ) in said


def test_tests_are_asked_for(flat: Project) -> None:
    """What they import by the same name gets a row, so that the twin has its own."""
    flat.write("src/lib/_async/__init__.py", "")
    flat.write(
        "src/lib/_async/things.py", f"{ASYNC}\n\nasync def first() -> int: ...\n"
    )
    flat.write(
        "src/lib/__init__.py",
        "from ._async.things import AsyncThing as AsyncThing, first as first\n"
        "from ._sync.things import Thing as Thing\n",
    )
    test = "from lib import AsyncThing, first\n\n\nasync def test_both() -> None:\n"
    test += "    await AsyncThing().get()\n    await first()\n"
    flat.write("tests/test_it.py", test)
    for path in ("src/lib/client.py", "src/lib/tool.py"):
        flat.remove(path)
    assert (
        "tests/test_it.py waits, and will have no twin there. Move it to tests/_async"
        in (words(flat.run("init").out))
    )
    flat.remove("tests/test_it.py")
    flat.write("tests/_async/test_it.py", test)
    run = flat.run("init", "--write")
    assert "no twin" not in run.out
    assert tomllib.loads(run.out)["tool"]["twingen"]["libraries"] == {
        "lib": {"first": "lib._sync.things.first"}
    }
    assert LINE.findall(run.out) == ["from .things import first as first"]
    assert flat.run("build").code == 0
    twin = flat.read("tests/_sync/test_it.py")
    assert "from lib import Thing\nfrom lib._sync.things import first\n" in twin


def test_exceptions_stay(flat: Project) -> None:
    """They do not wait, whatever they import for checkers, or beside what waits."""
    flat.write(
        "src/lib/errors.py",
        "from typing import TYPE_CHECKING\n\nfrom .client import LIMIT\n\n"
        "if TYPE_CHECKING:\n    from .client import AsyncThing\n\n\n"
        "class Lost(Exception):\n    by: 'AsyncThing'\n    limit = LIMIT\n",
    )
    flat.append("src/lib/client.py", "\n\nLIMIT = 3\n")
    moved = LINE.findall(flat.run("init").out)[-1]
    assert moved == "git mv src/lib/client.py src/lib/tool.py src/lib/_async/"


def test_a_flat_package_of_which_all_waits(flat: Project) -> None:
    flat.write("src/lib/errors.py", "")
    flat.replace("src/lib/client.py", "from .errors import Lost", "Lost = OSError")
    assert "#" not in flat.run("init").out


def test_a_flat_package_whose_init_waits(flat: Project) -> None:
    flat.append("src/lib/__init__.py", "\n\nasync def f() -> None: ...\n")
    assert "src/lib/__init__.py waits itself: move this code" in words(
        flat.run("init").out
    )


def test_exceptions_of_the_async_side(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("lib/__init__.py", "")
    project.write(
        "lib/_async/__init__.py",
        f"{ASYNC}\n\nclass Lost(Exception): ...\n\n\nclass Late(Lost): ...\n",
    )
    said = words(project.run("init").out)
    assert "lib/_async defines Lost and Late, and the twin will have" in said
    assert "Move exceptions out of lib/_async, to a module that both" in said
    assert "lib/__init__.py exports nothing of lib._async" in said


def test_lines_that_export_the_twin(tmp_path: Path) -> None:
    """As the package exports the async side; what it has already is left."""
    project = Project(tmp_path)
    source = f"{ASYNC}\n\nasync def first() -> int: ...\n\n\nclass AsyncPool: ...\n"
    project.write("src/acme/lib/_async/__init__.py", "")
    project.write("src/acme/lib/_async/things.py", source)
    project.write(
        "src/acme/lib/__init__.py",
        "from acme.lib._async.things import AsyncThing, first\n"
        "from ._async.things import AsyncPool as AsyncStore\n"
        "from ._async.things import AsyncPool\n"
        "from .other import Pool\n",
    )
    project.write("src/acme/lib/other.py", "class Pool: ...\n")
    run = project.run("init", "--write")
    assert LINE.findall(run.out) == [
        "from ._sync.things import Thing as Thing",
        "from ._sync.things import Pool as Store",
        "from .things import first as first",
    ]
    assert (
        "src/acme/lib/__init__.py exports first, which keeps its name in the twin. "
        "Lines for src/acme/lib/_async/__init__.py, so that users can import this from "
        "acme.lib._sync"
    ) in words(run.out)
    assert project.run("build").code == 0


def test_twins_written_by_hand(tmp_path: Path) -> None:
    """They are compared by the command that is named."""
    project = Project(tmp_path)
    project.write("lib/__init__.py", "")
    project.write("lib/aio/__init__.py", "")
    project.write("lib/aio/client.py", ASYNC)
    project.write("lib/client.py", ASYNC.replace("Async", "").replace("async ", ""))
    run = project.run("init", "--write")
    command = LINE.findall(run.out)[0].removeprefix("twingen ")
    run = project.run(*command.split())
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("1 module: 1 same")
    assert not (project.root / "lib/_sync").exists()


HOOKS = """repos:
  - repo: https://github.com/astral-sh/ruff-pre-commit
    hooks:
      - id: ruff-check
      - id: ruff-format
"""
BLACK_HOOK = "  - repo: https://github.com/psf/black\n    hooks:\n      - id: 'black'\n"
FORMATTERS: dict[str, tuple[dict[str, str], bool]] = {
    "a table": ({"pyproject.toml": "[tool.ruff.format]\npreview = true\n"}, True),
    "ruff.toml": ({"ruff.toml": "[format]\npreview = true\n"}, True),
    "a hook": ({".pre-commit-config.yaml": HOOKS}, True),
    "ruff only checks": ({"pyproject.toml": "[tool.ruff]\nline-length = 99\n"}, False),
    "ruff.toml only checks": ({"ruff.toml": "line-length = 99\n"}, False),
    "black as well": (
        {"pyproject.toml": "[tool.black]\n", "ruff.toml": "[format]\n"},
        False,
    ),
    "a hook for black as well": (
        {".pre-commit-config.yaml": HOOKS + BLACK_HOOK},
        False,
    ),
    "a file that is no TOML": ({"ruff.toml": "[format\n"}, False),
    "nothing": ({}, False),
}


@pytest.mark.parametrize("name", FORMATTERS)
def test_ruff_is_proposed_where_it_formats_the_project(
    name: str, tmp_path: Path
) -> None:
    files, proposed = FORMATTERS[name]
    project = Project(tmp_path)
    for path, text in {"lib/__init__.py": ASYNC, **files}.items():
        project.write(path, text)
    out = project.run("init").out
    assert ('formatter = "ruff"\n' in out) == proposed
    assert project.run("init", "--write").code == 0
    table = tomllib.loads(project.read("pyproject.toml"))["tool"]["twingen"]
    assert table.get("formatter") == ("ruff" if proposed else None)
