"""Names that cross from one module of a project to another."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from support.sample_project import Project

PYPROJECT = """
[tool.twingen]
runtime = "sync.runtime"
trees = [{ source = "aio", target = "sync" }]

[tool.twingen.renames]
"Async*" = "*"
"""

STRINGS = 'strings = ["importlib.import_module", "unittest.mock.patch"]\n'
METHODS = """
[tool.twingen.methods]
"AsyncM.a*" = "*"
"""

PROJECTS: dict[str, dict[str, str]] = {
    "imported in every way": {
        "__init__.py": "import aio.m\nimport aio.m as mm\nfrom aio import m\n"
        "from . import m as m2\nfrom .m import AsyncX as Y, AsyncX\n"
        "from .m import AsyncX as AsyncX\n"
        "assert [aio.m, mm, m2] == [m] * 3 and aio.m.__name__ != aio.__name__\n"
        "made = [c() for c in (aio.m.AsyncX, mm.AsyncX, m.AsyncX, m2.AsyncX, Y)]\n"
        "assert len({type(x) for x in made}) == 1\n"
        "assert AsyncX.AsyncY == 1 and AsyncX.__name__ in ('X', 'AsyncX')\n"
        "__all__ = ['AsyncX', 'Y']\n",
        "m.py": "class AsyncX:\n    AsyncY = 1\n",
    },
    "from a package above": {
        "__init__.py": "from .sub.deep import AsyncDeep\n",
        "base.py": "class AsyncBase:\n    async def f(self): return 1\n",
        "sub/__init__.py": "from ..base import AsyncBase as AsyncBase\n",
        "sub/deep.py": "from . import AsyncBase\nfrom .. import base\n"
        "class AsyncDeep(AsyncBase): assert_ = base.AsyncBase is AsyncBase\n",
    },
    "a library by another module": {
        "__init__.py": "from .n import f, lock, m\nAsyncLock = lock\n",
        "m.py": "import asyncio, contextlib as c\nfrom asyncio import Lock\n"
        "from contextlib import asynccontextmanager\nlock = Lock()\n"
        "async def g(): await asyncio.sleep(0)\n"
        "@asynccontextmanager\nasync def h(): yield c\n",
        "n.py": "from .m import Lock, asyncio as aio, asynccontextmanager, c, lock\n"
        "from . import m\n"
        "@asynccontextmanager\nasync def f():\n    await m.asyncio.sleep(0)\n"
        "    yield Lock(), m.Lock(), aio.Event(), c, m.c.AsyncExitStack()\n",
    },
    "a backport beside the import of a library": {
        "__init__.py": "from . import m\nraised = m.Stopped()\n"
        "assert isinstance(raised, m.Here) and type(raised) is m.used\n",
        "m.py": "import sys, asyncio\n"
        "async def AsyncF(): await asyncio.Queue().put(1)\n"
        "async def g(): asyncio.create_task(AsyncF())\n"
        "if sys.version_info < (3, 0):\n"
        "    from asyncio import QueueShutDown as Stopped\n"
        "else:\n    class Here(Exception): ...\n    Stopped = Here\n"
        "used = Stopped\n__all__ = ['Stopped']\n",
    },
    "methods by pattern": {
        "__init__.py": "from .m import AsyncM, f\nfrom .n import AsyncN, patched\n"
        "assert f and AsyncM\n",
        "m.py": "class AsyncM:\n    async def aget(self): return 1\n"
        "async def f(m: AsyncM): return await m.aget()\n",
        "n.py": "from importlib import import_module\nfrom unittest.mock import patch\n"
        "from .m import AsyncM\n"
        "class AsyncN(AsyncM):\n    async def aget(self): return await super().aget()\n"
        "with patch('aio.m.AsyncM.aget'), patch('aio.m.f') as patched: ...\n"
        "assert import_module('aio.m').f is not patched\n",
    },
    "moved below a relative import": {
        "__init__.py": "from .m import made\nassert made() == 1\n",
        "m.py": "from .auto import AsyncAuto\nfrom . import loops\n"
        "from .sub.deep import AsyncDeep, up\n"
        "assert AsyncAuto and loops and AsyncDeep\ndef made(): return up\n",
        "auto.py": "class AsyncAuto: ...\n",
        "loops.py": "",
        "sub/__init__.py": "",
        "sub/deep.py": "from ..auto import AsyncAuto\nfrom .. import loops\n"
        "from . import deep\nclass AsyncDeep(AsyncAuto): ...\n"
        "up = 1 if loops and deep else 0\n",
    },
    "a module that may be missing": {
        "__init__.py": "try:\n    from .m import AsyncM\nexcept ImportError:\n"
        "    class AsyncM: ...\n"
        "assert AsyncM.f\n__all__ = ['AsyncM']\n",
        "m.py": "class AsyncM:\n    f = True\n",
        "n.py": "import aio\nfrom . import AsyncM\nassert aio.AsyncM is AsyncM\n",
    },
    "all names of a module": {
        "__init__.py": "from .m import *\nfrom .n import AsyncN, f\n"
        "assert AsyncM and AsyncN and f and not hasattr(AsyncM, 'x')\n",
        "m.py": "__all__ = ['AsyncM', 'g']\n__all__ += ['AsyncK']\n"
        "class AsyncM:\n    async def h(self): return 1\n"
        "class AsyncK(AsyncM): ...\nasync def g(): return await AsyncM().h()\n",
        "n.py": "from aio.o import *\nclass AsyncN(AsyncK): ...\n"
        "async def f(m: 'AsyncM'): return await g(), await m.h(), AsyncM\n",
        "o.py": "from .m import *\n",
    },
    "for type checkers only": {
        "__init__.py": "from .m import AsyncM\nfrom .n import AsyncN\nAsyncM().f(1)\n",
        "m.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
        "    from .n import AsyncN\nclass AsyncM:\n    n: 'AsyncN'\n"
        '    def f(self, x: "list[AsyncN]"): return isinstance(x, AsyncM)\n',
        "n.py": "from .m import AsyncM\nclass AsyncN(AsyncM): ...\n",
    },
    "an async-only module": {
        "__init__.py": "from .m import f\nfrom .only import x  # twingen: async-only\n",
        "m.py": "async def f(): ...\nasync_f = AsyncF = f\n",
        "only.py": "# twingen: async-only\nimport asyncio\nx = asyncio.Runner\n",
    },
}


def made(root: Path, files: dict[str, str]) -> Project:
    project = Project(root)
    project.write("pyproject.toml", PYPROJECT)
    if any("aget" in text for text in files.values()):
        project.append("pyproject.toml", METHODS)
        project.replace("pyproject.toml", "runtime = ", f"{STRINGS}runtime = ")
    for name, text in files.items():
        project.write(f"aio/{name}", text)
    return project


@pytest.mark.parametrize("name", PROJECTS)
def test_both_packages_can_be_imported(name: str, tmp_path: Path) -> None:
    project = made(tmp_path, PROJECTS[name])
    built = project.run("build")
    assert built.code == 0, built.err
    for package in ("aio", "sync"):
        if package == "aio" and sys.version_info < (3, 11):
            continue  # asyncio.Runner
        run = subprocess.run(
            [sys.executable, "-W", "error", "-c", f"import {package}"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert run.returncode == 0, run.stderr
    for path in (tmp_path / "sync").rglob("*.py"):
        assert "import asyncio" not in path.read_text(encoding="utf-8")


def test_relative_imports_of_what_is_elsewhere(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write(
        "pyproject.toml",
        """
[tool.twingen]
trees = [
    { source = "p/_async", target = "p/_sync" },
    { source = "p/aio", target = "q", module = "p.aio", twin = "q" },
]
[tool.twingen.libraries."p.auto"]
Backend = "p.plain.SyncBackend"
[tool.twingen.libraries."p"]
loop = "p.plain.loop"
[tool.twingen.libraries."p.far"]
Away = "elsewhere.auto.Home"
""",
    )
    source = (
        "from ..auto import Backend, x\nfrom .. import loop\nfrom ..far import Away\n"
    )
    for package in ("_async", "aio"):
        project.write(f"p/{package}/m.py", source + "print(Backend, x, loop, Away)\n")
    built = project.run("build")
    assert built.code == 0, built.err
    assert set(project.read("p/_sync/m.py").splitlines()[3:]) == {
        "from elsewhere.auto import Home",
        "from ..auto import x",
        "from ..plain import SyncBackend, loop",
        "",
        "print(SyncBackend, x, loop, Home)",
    }
    assert set(project.read("q/m.py").splitlines()[3:]) == {
        "from elsewhere.auto import Home",
        "from p.auto import x",
        "from p.plain import SyncBackend, loop",
        "",
        "print(SyncBackend, x, loop, Home)",
    }


REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "a decorator that starts tasks": (
        {
            "__init__.py": "from . import m\nfrom .m import again\n"
            "async def g():\n    await m.f()\n",
            "m.py": "from .starting import background, made\n"
            "@background\nasync def f(): ...\n@made('x')\nasync def again(): ...\n",
            "starting.py": "import asyncio\ndef background(f):\n"
            "    return lambda *args: asyncio.create_task(f(*args))\n"
            "def made(name): return background\n",
        },
        "aio/__init__.py:4:11: TW101 await_expression: this call returns a task",
    ),
    "a function that hands on a task": (
        {
            "__init__.py": "from .m import f\nasync def g():\n    await f()\n",
            "m.py": "from . import starting\ndef f(): return starting.start()\n",
            "starting.py": "import asyncio\nasync def work(): ...\n"
            "def start(): return asyncio.create_task(work())\n",
        },
        "aio/__init__.py:3:11: TW101 await_expression: this call returns a task",
    ),
    "renamed names by a star": (
        {
            "m.py": "class AsyncX: ...\n__all__ = list(map(str, ['AsyncX']))\n",
            "n.py": "from .m import *\nx = AsyncX()\n",
        },
        "aio/n.py:1:1: TW202 import_statement",
    ),
    "a coroutine of a class elsewhere": (
        {
            "m.py": "class AsyncX:\n    async def f(self): ...\n",
            "n.py": "from .m import AsyncX\ndef g(x: AsyncX):\n    return [x.f()]\n",
        },
        "aio/n.py:3:13: TW108 stored_coroutine",
    ),
    "two names of a class and its base": (
        {
            "m.py": "class AsyncX:\n    async def close(self): ...\n",
            "n.py": "from .m import AsyncX\nclass AsyncY(AsyncX):\n"
            "    async def aclose(self): await self.close()\n",
        },
        "aio/n.py:3:15: TW128 merged_member",
    ),
    "two definitions under one name": (
        {"m.py": "class AsyncX: ...\nclass X: ...\n"},
        "aio/m.py:1:7: TW201 library_name",
    ),
    "a definition that has no twin": (
        {
            "m.py": "def only(): ...  # twingen: async-only\n",
            "n.py": "from .m import only\nonly()\n",
        },
        "aio/n.py:2:1: TW002 verify: sync.m.only is for the async side only",
    ),
    "from the place of the twins": (
        {"m.py": "class M: ...\n", "n.py": "from sync.m import M as Twin\n"},
        "aio/n.py:1:1: TW202 import_statement: sync.m is written by twingen",
    ),
    "protocols that a constant of another module holds": (
        {
            "__init__.py": "from .m import KINDS\n",
            "m.py": "from collections.abc import Iterable\nKINDS = (str, Iterable)\n"
            "class Stream:\n    async def __aiter__(self): yield 1\n",
            "n.py": "from . import KINDS\ndef f(x): return isinstance(x, KINDS)\n",
        },
        "aio/n.py:2:32: TW114 instance_test: the name KINDS holds Iterable,",
    ),
    "a function of another module that chooses by class": (
        {
            "m.py": "from functools import singledispatch\n"
            "@singledispatch\ndef shown(x): ...\n",
            "n.py": "from collections.abc import AsyncIterable\n"
            "from .m import shown\n@shown.register(AsyncIterable)\n"
            "def _(x): ...\n",
        },
        "aio/n.py:3:17: TW114 instance_test: AsyncIterable distinguishes values here",
    ),
    "a module that has no twin": (
        {"m.py": "# twingen: async-only\n", "n.py": "from . import m\nm.f()\n"},
        "aio/n.py:2:1: TW002 verify: sync.m is for the async side only",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_modules_that_are_refused(name: str, tmp_path: Path) -> None:
    files, said = REFUSED[name]
    project = made(tmp_path, files)
    project.replace("pyproject.toml", "runtime = ", 'tasks = "threads"\nruntime = ')
    run = project.run("build")
    assert run.code == 2
    assert said in run.err
    assert not (tmp_path / "sync").exists()


class TestSides:
    """Code for one side, across the modules of a project."""

    FILES: ClassVar = {
        "_side.py": "ASYNC = True\nSIZE = 4\n",
        "__init__.py": "from .m import AsyncPool, f, g\n",
        "m.py": "import asyncio\nfrom typing import TYPE_CHECKING\n"
        "from aio import _side\nfrom aio._side import ASYNC\n"
        "if TYPE_CHECKING:  # twingen: sync-only\n    from .threads import start\n"
        "class AsyncPool:\n    def __init__(\n        self,\n        size,\n"
        "        loop=None,  # twingen: async-only\n    ):\n        self.size = size\n"
        "async def f():\n    if ASYNC:\n        await asyncio.shield(g())\n"
        "    else:\n        return start(g)\n"
        "async def g():\n    if not _side.ASYNC: return AsyncPool(1).size\n"
        "    else: return AsyncPool(2, asyncio.sleep).size\n",
        "n.py": "from . import m\nfrom .m import AsyncPool\n"
        "class Own(AsyncPool): ...\n"
        "def make(x):\n"
        "    return AsyncPool(1, x), m.AsyncPool(loop=x, size=2), Own(3, x)\n",
        "threads.py": "# twingen: sync-only\n# how threads start\n"
        "import threading\nfrom aio._side import SIZE\n"
        "def start(call):\n    threading.Thread(target=call).start()\n"
        "    return call.__name__ == 'g' and SIZE == 4\n",
    }

    def made(self, root: Path, **files: str) -> Project:
        project = made(root, {**self.FILES, **files})
        project.replace(
            "pyproject.toml",
            "[tool.twingen]",
            '[tool.twingen]\nside = "aio._side.ASYNC"',
        )
        return project

    def test_both_sides_run(self, tmp_path: Path) -> None:
        project = self.made(tmp_path)
        built = project.run("build")
        assert built.code == 0, built.err
        script = (
            "import sync.m, sync.n, sys; assert sync.m.f() is True; "
            "assert sync.m.g() == 1; "
            "assert [p.size for p in sync.n.make(5)] == [1, 2, 3]; "
            "import aio.m, aio.n, asyncio; assert asyncio.run(aio.m.g()) == 2; "
            "assert [p.size for p in aio.n.make(5)] == [1, 2, 3]; "
            "assert not {'aio.threads'} & set(sys.modules)"
        )
        subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, check=True, timeout=60
        )
        assert "ASYNC" not in project.read("sync/m.py")
        assert "# how threads start\nimport threading" in project.read(
            "sync/threads.py"
        )
        assert project.run("check").code == 0

    def test_async_side_must_not_import_what_only_the_twin_has(
        self, tmp_path: Path
    ) -> None:
        for statement in ("from . import threads", "from .threads import start"):
            project = self.made(tmp_path, **{"o.py": f"{statement}\n"})
            run = project.run("build")
            assert run.code == 2
            assert "aio/o.py:1:1: TW202 import_statement: aio.threads is for" in run.err

    def test_constant_that_nothing_uses_is_an_error(self, tmp_path: Path) -> None:
        project = made(tmp_path, {"m.py": "x = 1\n"})
        project.replace(
            "pyproject.toml", "[tool.twingen]", '[tool.twingen]\nside = "a.B"'
        )
        run = project.run("build")
        assert run.code == 2
        assert "side: a.B;" in run.err

    def test_constant_by_way_of_another_module_is_refused(self, tmp_path: Path) -> None:
        project = self.made(
            tmp_path, **{"o.py": "from .m import ASYNC\nif ASYNC: x = 1\n"}
        )
        run = project.run("build")
        assert run.code == 2
        assert "aio/o.py:1:1: TW231 side_constant" in run.err


class TestBothSidesInOnePlace:
    """Classes of both sides in one module: `async_only` says which have no twin."""

    FILES: ClassVar[dict[str, str]] = {
        "__init__.py": "from .m import AsyncPool, Pool\n"
        "from .n import (\n    make,\n    make_sync,\n)\n"
        "__all__ = ['AsyncPool', 'Pool', 'make']\n__all__ += ['make_sync']\n",
        "m.py": "import threading\n"
        "class Pool:\n"
        "    lock = threading.Lock()\n"
        "    def __enter__(self): return self\n"
        "    def __exit__(self, *a): self.lock = None\n"
        "class AsyncPool:\n"
        "    kind: str = 'asynchronous'\n"
        "    close = None\n"
        "    def __enter__(self): raise TypeError('use async with')\n"
        "    def __exit__(self, *a): raise TypeError('use async with')\n"
        "    async def __aenter__(self): return self\n"
        "    async def __aexit__(self, *a): await self.aclose()\n"
        "    async def aclose(self): self.kind = 'closed'\n"
        "    class Options:\n"
        "        size = 1\n"
        "        def __enter__(self): return self\n"
        "try:\n    import nothing\nexcept ImportError:\n"
        "    def connect(): return Pool()\n",
        "n.py": "from .m import AsyncPool, Pool as _Pool\n"
        "def make_sync(): return _Pool()\n"
        "async def make():\n"
        "    def make_sync(): return 'inner'\n"
        "    async with AsyncPool() as pool: return pool, make_sync()\n",
    }
    KEYS = (
        'async_only = ["Pool", "aio.m.connect", "AsyncPool.__e*__", "AsyncPool.close", '
        '"AsyncPool.Options.__*", "make_sync"]'
    )

    def made(self, root: Path, key: str, **files: str) -> Project:
        project = made(root, {**self.FILES, **files})
        project.replace("pyproject.toml", "[tool.twingen]", f"[tool.twingen]\n{key}")
        return project

    def test_twin_has_one_side(self, tmp_path: Path) -> None:
        project = self.made(tmp_path, self.KEYS)
        built = project.run("build")
        assert built.code == 0, built.err
        script = (
            "import sync, sync.m, sync.n; pool, text = sync.make(); "
            "assert sorted(sync.__all__) == ['Pool', 'make'], sync.__all__; "
            "assert type(pool) is sync.Pool and pool.kind == 'closed'; "
            "assert text == 'inner' and not hasattr(sync.n, 'make_sync'); "
            "assert vars(pool.Options).keys() >= {'size'}; "
            "assert '__enter__' not in vars(pool.Options); "
            "assert not hasattr(sync.m, 'connect') and not hasattr(sync.n, '_Pool')"
        )
        subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, check=True, timeout=60
        )
        assert project.run("check").code == 0

    def test_what_is_left_and_uses_it_is_refused(self, tmp_path: Path) -> None:
        project = self.made(
            tmp_path,
            self.KEYS,
            **{"o.py": "from .m import Pool\ndef kept(): return Pool()\n"},
        )
        run = project.run("build")
        assert run.code == 2
        assert "aio/o.py:2:20: TW002 verify: the name Pool is not defined" in run.err

    def test_use_of_another_class_of_the_name_is_refused(self, tmp_path: Path) -> None:
        text = "from .m import AsyncPool, Pool\ndef both(): return AsyncPool, Pool\n"
        project = self.made(tmp_path, self.KEYS, **{"o.py": text})
        run = project.run("build")
        assert run.code == 2
        assert "aio/o.py:1:16: TW202 import_statement: AsyncPool becomes" in run.err

    def test_name_that_nothing_has_is_an_error(self, tmp_path: Path) -> None:
        key = self.KEYS.replace('"make_sync"', '"make_sync", "AsyncPool.open"')
        run = self.made(tmp_path, key).run("build")
        assert run.code == 2
        assert "nothing uses async_only: AsyncPool.open;" in run.err

    def test_names_of_other_libraries_stay(self, tmp_path: Path) -> None:
        text = "from collections import Counter\nclass Own(Counter):\n    Counter = 1\n"
        key = self.KEYS.replace('"make_sync"', '"make_sync", "Counter"')
        project = self.made(tmp_path, key, **{"o.py": text, "p.py": "Counter = 1\n"})
        built = project.run("build")
        assert built.code == 0, built.err
        assert "import Counter" in project.read("sync/o.py")
        assert "Counter = 1" in project.read("sync/o.py")
        assert "Counter" not in project.read("sync/p.py")


def test_fixtures_of_another_file(tmp_path: Path) -> None:
    files = {
        "conftest.py": "import pytest\n@pytest.fixture\ndef AsyncValue(): return 7\n",
        "test_m.py": "import pytest\ndef test_a(AsyncValue): assert AsyncValue == 7\n"
        "@pytest.mark.usefixtures('AsyncValue')\nclass TestB:\n"
        "    def test_b(self, request):\n"
        "        assert request.getfixturevalue('AsyncValue') == 7\n",
    }
    project = made(tmp_path, files)
    built = project.run("build")
    assert built.code == 0, built.err
    assert "def test_a(Value)" in project.read("sync/test_m.py")
    for folder in ("aio", "sync"):
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", folder],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert "2 passed" in run.stdout, run.stdout


OFFERED = """
[tool.twingen]
trees = [
    { source = "pkg/aio", target = "pkg/sync" },
    { source = "tests/aio", target = "tests/sync" },
]
tasks = "threads"
[tool.twingen.renames]
"Async*" = "*"
"""


@pytest.mark.parametrize(
    "use", ["from pkg import AsyncM as m\n", "import pkg\nm = pkg.AsyncM\n"]
)
def test_names_that_a_package_offers(use: str, tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("pyproject.toml", OFFERED)
    offered = (
        "from .aio.m import AsyncM, Other\n"
        "try:\n    from .sync.m import M\nexcept ImportError: pass\n"
    )
    project.write("pkg/__init__.py", offered)
    project.write(
        "pkg/aio/m.py", "class AsyncM:\n    async def f(self): ...\nOther = 1\n"
    )
    project.write("tests/aio/n.py", f"from pkg import Other\n{use}assert m and Other\n")
    run = project.run("build")
    assert run.code == 2
    assert "may " in run.err
    remedy = '"pkg.Async*" = "pkg.*"'
    assert f"renames = {{{remedy}}}" in run.err
    project.append("pyproject.toml", f"{remedy}\n")
    assert project.run("build").code == 0
    twin = project.read("tests/sync/n.py")
    assert "AsyncM" not in twin
    assert "Other" in twin


BOTH_SIDES = """
[tool.twingen]
trees = [
    { source = "pkg/aio", target = "pkg/sync" },
    { source = "tests/aio", target = "tests/sync" },
]
tasks = "threads"
"""
USES_BOTH = """
import pkg
from pkg import Client, Other, connect


async def use():
    client = Client()
    other = await connect()
    return await client.get(), await other.get(), await pkg.Client().get(), Other
"""


@pytest.mark.parametrize("has_module_alone", [False, True])
def test_names_of_both_sides_that_a_package_offers(
    has_module_alone: bool, tmp_path: Path
) -> None:
    uses = USES_BOTH
    if has_module_alone:
        uses = re.sub("from pkg import .*\n", "", uses)
        uses = re.sub(r"(?<!\.)\b(Client|Other|connect)\b", r"pkg.\1", uses)
    project = Project(tmp_path)
    project.write("pyproject.toml", BOTH_SIDES)
    offers = (
        "from .aio.m import Client, Other, connect\n"
        "from .sync.m import Client as SyncClient\n"
        "from .sync.m import connect as connect_now\n"
    )
    project.write("pkg/__init__.py", offers)
    project.write(
        "pkg/aio/m.py",
        "class Client:\n    async def get(self): return type(self).__module__\n"
        "async def connect(): return Client()\nOther = 1\n",
    )
    project.write("tests/aio/n.py", uses)
    built = project.run("build")
    assert built.code == 0, built.err
    twin = project.read("tests/sync/n.py")
    imports = "from pkg import Other, SyncClient, connect_now\n"
    assert (imports in twin) is not has_module_alone
    assert "pkg.SyncClient().get()" in twin
    run = subprocess.run(
        [sys.executable, "-c", "from tests.sync.n import use; print(*use())"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.stdout == "pkg.sync.m pkg.sync.m pkg.sync.m 1\n", run.stderr
    assert project.run("check").code == 0


@pytest.mark.parametrize(
    "offers",
    [
        "if Client:\n    from .sync.m import Client as SyncClient\n",
        "from .sync.m import Client as SyncClient\nSyncClient = print(SyncClient)\n",
        "from .sync.m import Client as A\nfrom .sync.m import Client as B\n",
    ],
)
def test_what_a_package_offers_in_another_way_is_not_guessed(
    offers: str, tmp_path: Path
) -> None:
    project = Project(tmp_path)
    project.write("pyproject.toml", BOTH_SIDES)
    project.write("pkg/__init__.py", f"from .aio.m import Client\n{offers}")
    project.write("pkg/aio/m.py", "class Client:\n    async def get(self): ...\n")
    project.write("tests/aio/n.py", "from pkg import Client\nassert Client\n")
    run = project.run("build")
    assert run.code == 2
    assert "pkg is not a source, and may export Client of the sources" in run.err


def test_compiled_sources_are_not_copied(tmp_path: Path) -> None:
    """Python would import them in place of the twins."""
    project = made(tmp_path, {"m.py": "class AsyncM:\n    async def f(self): ...\n"})
    for name in ("m.cpython-311-x86_64-linux-gnu.so", "m.pyd", "other.so"):
        project.write(f"aio/{name}", "")
    built = project.run("build")
    assert built.code == 0, built.err
    found = {path.name for path in (tmp_path / "sync").iterdir()}
    assert found >= {"m.py", "other.so"}
    assert not {name for name in found if name.startswith("m.")} - {"m.py"}
