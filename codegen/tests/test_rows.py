"""Rows of tables: each has its effect on what it is for, and else it is an error."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import twingen
from support.sample_project import Project
from twingen.analysis.symbols.library_tables import Tasks

Tables = dict[str, dict[str, Any]]
EFFECTS: dict[str, tuple[Tables, str, str]] = {
    "a method of a class": (
        {"acme.Event": {"wait_for": "wait"}},
        "from acme import Event\nasync def f(e: Event, t): return await e.wait_for(t)",
        "e.wait(t)",
    ),
    "a method of a class, with its class": (
        {"acme.Event": {"wait_for": "acme.sync.Event.wait"}},
        "from acme import Event\nasync def f(e: Event, t): return await e.wait_for(t)",
        "e.wait(t)",
    ),
    "a method that a class of the sources inherits": (
        {"acme.Event": {"wait_for": "wait"}},
        (
            "from acme import Event\nclass Own(Event):\n"
            "    async def wait_for(self, t): return await super().wait_for(t)\n"
            "async def f(e: Own, t): return await e.wait_for(t)"
        ),
        "def wait(self, t)|super().wait(t)|e.wait(t)",
    ),
    "a method of another class": (
        {"acme.Event": {"wait_for": "wait"}},
        (
            "from acme import Event, Other\n"
            "async def f(e: Event, o: Other, t):\n"
            "    await e.wait_for(t)\n    return o.wait_for(t)"
        ),
        "e.wait(t)|o.wait_for(t)",
    ),
    "a method of any class, that has a row of another library": (
        {"methods": {"aread": "read"}},
        "from acme import Request\nasync def f(r: Request): return await r.aread()",
        "r.read()",
    ),
    "a method of a class that keeps its name": (
        {"methods": {"aread": "read"}, "acme.Request": {"aread": {"keep": True}}},
        (
            "from acme import Request\n"
            "async def f(r: Request, o): return await r.aread(), await o.aread()"
        ),
        "r.aread()|o.read()",
    ),
    "a method of an object of any class": (
        {"methods": {"aload": "load"}},
        (
            "from typing import Any, Annotated, Union\nimport acme\n"
            "async def f(a: Any, b: object, c: Union[acme.A, acme.B]):\n"
            "    await a.aload()\n    await b.aload()\n    await c.aload()"
        ),
        "a.load()|b.load()|c.load()",
    ),
    "a class in Annotated": (
        {"acme.A": {"aload": "load"}},
        (
            "from typing import Annotated\nfrom acme import A\n"
            "async def f(a: Annotated[A, 1]): await a.aload()"
        ),
        "a.load()",
    ),
    "a module": (
        {"acme": {"aio": "acme.plain"}},
        (
            "import acme.aio\nfrom acme.aio import get\nimport acme.aio as short\n"
            "async def f():\n    await get()\n    await acme.aio.get()\n"
            "    await short.get()"
        ),
        (
            "import acme.plain|from acme.plain import get|import acme.plain as short"
            "|acme.plain.get"
        ),
    ),
    "a module elsewhere": (
        {"acme": {"aio": "acme_plain"}},
        (
            "from acme.aio import *\nfrom acme.aio.sub import get\n"
            "async def f(): return await get()"
        ),
        "from acme_plain import *|from acme_plain.sub import get",
    ),
    "a class in a module": (
        {"acme": {"aio": "acme.plain"}, "acme.aio": {"AsyncX": "acme.plain.X"}},
        "from acme.aio import AsyncX, y\nasync def f(): return AsyncX(), y",
        "from acme.plain import X, y|X(), y",
    ),
    "every other name of a built-in table": (
        {"redis.asyncio": {"*": {"keep": True}, "Redis": "acme.Redis"}},
        (
            "import redis.asyncio as redis\nasync def f():\n"
            "    await redis.Sentinel().close()\n    return redis.Redis()"
        ),
        "redis.Sentinel|acme.Redis",
    ),
    "a name of the builtins": (
        {"acme": {"alist": "builtins.list"}},
        "from acme import alist\nasync def f(x: list[int], y): return await alist(y)",
        "list(y)",
    ),
}


@pytest.mark.parametrize("tasks", ["threads", "turns"])
@pytest.mark.parametrize("name", EFFECTS)
def test_a_row_has_its_effect(name: str, tasks: Tasks) -> None:
    tables, source, expected = EFFECTS[name]
    twin = twingen.convert(source + "\n", libraries=tables, tasks=tasks, runtime="rt")
    plain = twin.replace("blocking(", "").replace("awaited(", "")
    for part in expected.split("|"):
        shown = part if tasks == "threads" else part.partition("(")[0]
        assert shown in plain
    ast.parse(twin)


REFUSED: dict[str, tuple[Tables, str, str]] = {
    "every other name of a built-in table": (
        {"anyio": {"*": {"refuse": "we use asyncio", "instead": "use asyncio"}}},
        "import anyio\nasync def f(): await anyio.sleep(1)",
        "2:22: TW201 library_name: anyio.sleep has no sync twin: we use asyncio",
    ),
    "a member of a class": (
        {"acme.Event": {"later": {"refuse": "there is none", "instead": "use wait()"}}},
        "from acme import Event\nasync def f(e: Event): await e.later()",
        "2:30: TW211 member_name: later of acme.Event has no sync twin: there is none",
    ),
    "a member that a class of the sources inherits": (
        {"acme.Event": {"later": {"refuse": "there is none", "instead": "use wait()"}}},
        (
            "from acme import Event\nclass Own(Event):\n    x = 1\n"
            "async def f(e: Own): await e.later()"
        ),
        "4:28: TW211 member_name: later of acme.Event has no sync twin: there is none",
    ),
    "a method of a class, awaited of any object": (
        {"acme.Event": {"wait_for": "wait"}},
        (
            "from acme import Event\n"
            "async def f(e: Event, o, t):\n"
            "    await e.wait_for(t)\n    await o.wait_for(t)"
        ),
        "4:11: TW107 method_name: wait_for of acme.Event has another name in the twin",
    ),
}


@pytest.mark.parametrize("tasks", ["threads", "turns"])
@pytest.mark.parametrize("name", REFUSED)
def test_a_row_refuses(name: str, tasks: Tasks) -> None:
    tables, source, expected = REFUSED[name]
    with pytest.raises(twingen.ConversionError) as raised:
        twingen.convert(source + "\n", libraries=tables, tasks=tasks, runtime="rt")
    assert expected in str(raised.value)


ERRORS: dict[str, tuple[Tables, str]] = {
    "false": ({"acme": {"x": {"keep": False}}}, "acme.x: keep must be true"),
    "no text": ({"acme": {"x": {"refuse": 1, "instead": "y"}}}, "must be a string"),
    "instead of nothing": (
        {"acme": {"x": {"keep": True, "instead": "y"}}},
        "instead can only be used with refuse",
    ),
    "a coroutine that stays": (
        {"acme": {"x": {"keep": True, "coroutine": True}}},
        "coroutine can only be used with becomes",
    ),
    "one name for all": ({"acme": {"*": "acme.sync"}}, "can only keep or refuse"),
    "a class without quotes": (
        {"acme": {"AsyncClient": {"fetch": "get"}}},
        '[tool.twingen.libraries."acme.AsyncClient"]',
    ),
    "a rule for asyncio's names": (
        {"acme": {"sleep": {"rule": "sleep_call"}}},
        "say what the name becomes",
    ),
    "a name that a rule converts": (
        {"asyncio": {"wait_for": "acme.wait_for"}},
        "which the rule wait_for_call of twingen converts",
    ),
    "all names of a module, with one that a rule converts": (
        {"anyio": {"*": {"keep": True}}},
        "which the rule ",
    ),
    "a method of the sources": (
        {"__main__.AsyncX": {"aget": "get"}},
        'tool.twingen.methods, as in "AsyncX.aget" = "..."',
    ),
    "a method without effect": (
        {"acme.Event": {"wait_for": {"unwrap": True}}},
        "can only say what it is called, keep or refuse it",
    ),
}
SOURCE = """
import acme
from acme import Event


class AsyncX:
    async def aget(self, e: Event):
        return await e.wait_for(1), acme.x, acme.sleep, acme.AsyncClient
"""


@pytest.mark.parametrize("name", ERRORS)
def test_a_row_without_effect_is_an_error(name: str) -> None:
    tables, expected = ERRORS[name]
    with pytest.raises(twingen.ConfigurationError) as raised:
        twingen.convert(SOURCE, libraries=tables, tasks="threads")
    assert expected in str(raised.value)


class TestProjects:
    """Rows of a project's configuration."""

    PYPROJECT = """
[tool.twingen]
trees = [{ source = "aio", target = "sync" }]
tables = ["acme.toml"]
"""

    def made(self, root: Path, source: str, rows: str, table: str = "") -> Project:
        project = Project(root)
        project.write("pyproject.toml", self.PYPROJECT + rows)
        project.write("acme.toml", table)
        project.write("aio/__init__.py", "")
        project.write("aio/m.py", source)
        return project

    @pytest.mark.parametrize(
        "row",
        [
            'libraries.methods\naload = "load"',
            'libraries."acme.Event"\nwait_for = "wait"',
            "libraries.acme\nretry = { keep = true }",
            'libraries.acme\n"*" = { keep = true }',
        ],
    )
    def test_what_nothing_uses_is_an_error(self, row: str, tmp_path: Path) -> None:
        key, _, rest = row.partition("\n")
        source = "async def f(): ...\n"
        run = self.made(tmp_path, source, f"[tool.twingen.{key}]\n{rest}\n").run(
            "build"
        )
        assert run.code == 2
        assert "nothing uses libraries: " in run.err

    def test_parameters_have_their_names_in_other_modules_too(
        self, tmp_path: Path
    ) -> None:
        source = "async def send(*, async_client=None): return async_client\n"
        row = '[tool.twingen.locals]\nasync_client = "client"\n'
        project = self.made(tmp_path, source, row)
        project.write(
            "aio/n.py",
            "from .m import send\nasync def f(): await send(async_client=1)\n",
        )
        assert project.run("build").code == 0
        assert "def send(*, client=None)" in project.read("sync/m.py")
        assert "send(client=1)" in project.read("sync/n.py")

    @pytest.mark.parametrize("row", ['"a*" = "b"', '"a.b" = "c"', 'a = "class"'])
    def test_a_row_for_parameters_is_two_names(self, row: str, tmp_path: Path) -> None:
        made = self.made(tmp_path, "", f"[tool.twingen.locals]\n{row}\n")
        assert "must be two names" in made.run("build").err

    def test_a_row_for_parameters_is_used(self, tmp_path: Path) -> None:
        made = self.made(tmp_path, "", '[tool.twingen.locals]\na = "b"\n')
        assert "nothing uses locals: a" in made.run("build").err

    def test_a_refusal_that_holds_is_no_error(self, tmp_path: Path) -> None:
        row = '[tool.twingen.libraries.anyio]\n"*" = {refuse = "no", instead = "yes"}\n'
        project = self.made(tmp_path, "async def f(): ...\n", row)
        assert project.run("build").code == 0
        project.write("aio/m.py", "import anyio\nasync def f(): await anyio.sleep(1)\n")
        assert "has no sync twin: no" in project.run("build").err

    def test_one_name_has_one_row(self, tmp_path: Path) -> None:
        row = '[tool.twingen.libraries.acme]\nget = "acme.take"\n'
        source = "import acme\nasync def f(): await acme.get()\n"
        run = self.made(tmp_path, source, row, '[acme]\nget = "acme.have"\n').run(
            "build"
        )
        assert run.code == 2
        assert "acme.get has a row in tool.twingen.libraries already" in run.err

    def test_what_the_sources_define_comes_before_a_built_in_table(
        self, tmp_path: Path
    ) -> None:
        project = self.made(tmp_path, "", "[tool.twingen.renames]\n'Async*' = '*'\n")
        project.replace("pyproject.toml", "aio", "httpx")
        project.replace("pyproject.toml", "sync", "httpx_sync")
        project.write("httpx/__init__.py", "from .client import AsyncClient\n")
        project.write(
            "httpx/client.py",
            "class AsyncClient:\n    async def get(self): return 'own'\n",
        )
        project.write(
            "httpx/use.py",
            "import httpx\nfrom httpx import AsyncClient\n"
            "async def f():\n"
            "    return await httpx.AsyncClient().get(), await AsyncClient().get()\n",
        )
        built = project.run("build")
        assert built.code == 0, built.err
        twin = project.read("httpx_sync/use.py")
        assert "import httpx_sync\nfrom httpx_sync import Client" in twin
        assert "httpx_sync.Client().get(), Client().get()" in twin
