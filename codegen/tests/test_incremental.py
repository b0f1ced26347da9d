"""What is built with the cache of an earlier run is what is built without one.

A small project is edited at random, and after each edit both are compared: the bytes of
all twins, refusals, notes, and what stops the build. `TWINGEN_EDITS` says how many
projects are edited; a few are, without it.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from support.sample_project import Project
from twingen.analysis.symbols.definitions import COLLECTIONS, INDEXES, Definitions
from twingen.analysis.symbols.dependencies import Changes, RecordedDefinitions
from twingen.diagnostics.diagnostic import ConfigurationError
from twingen.project.cache import cache_of
from twingen.project.config import load
from twingen.project.twin_folders import Project as Tree

pytestmark = pytest.mark.one_python

EDITED = int(os.environ.get("TWINGEN_EDITS", "4"))
EDITS = 12

CONFIGURATIONS = {
    "inferred": '"Async*" = "*"\n',
    "threads": '"Async*" = "*"\n',
    "turns": '"Async*" = "Sync*"\n"pkg.b.Async*" = "Blocking*"\n',
    "methods": '"Async*" = "*"\n[tool.twingen.methods]\n"Async*.a*" = "*"\n',
    "locals": '"Async*" = "*"\n[tool.twingen.locals]\n"async_*" = "*"\n',
}
MODULES = ("a", "b", "c", "sub.__init__", "sub.d", "test_e")
IMPORTS = (
    "from .{0} import *",
    "from . import {0}",
    "import pkg.{0}",
    "import pkg.{0} as other",
    "from .{0} import AsyncClient",
    "from .{0} import AsyncClient as AsyncBase",
    "from .{0} import AsyncBase, fetch",
    "from .{0} import fetch, manage, start",
    "from .{0} import generate as generated",
    "from .{0} import Flag",
    "from unittest import mock",
    "import contextvars",
    "from contextlib import asynccontextmanager, AsyncExitStack",
)
DEFINITIONS = (
    "async def fetch(x=1):\n    return x",
    "def fetch(x=1):\n    return x",
    "def fetch(x=1):\n    return start(x)",
    "def fetch(x=1):\n    return asyncio.sleep(x)",
    "fetch = asyncio.sleep",
    "@decorated\nasync def fetch(x=1):\n    return x",
    "async def start(x=1):\n    return x",
    "def start(x=1):\n    return asyncio.create_task(fetch(x))",
    "def start(x=1):\n    return fetch(x)",
    "def decorated(function):\n    return function",
    "def decorated(function):\n    return lambda x: asyncio.create_task(function(x))",
    "async def generate():\n    yield 1",
    "def generate():\n    yield 1",
    "async def generate():\n    try:\n        yield 1\n    finally:\n        print()",
    "@asynccontextmanager\nasync def manage():\n    yield 1",
    "def manage():\n    return AsyncExitStack()",
    "class AsyncBase:\n    async def close(self):\n        pass",
    "class AsyncBase:\n    def close(self):\n        pass",
    "class AsyncBase:\n    async def aclose(self):\n        pass",
    (
        "class AsyncBase:\n    async def __aenter__(self):\n        return self\n\n"
        "    async def __aexit__(self, *args):\n        pass"
    ),
    (
        "class AsyncBase:\n    def __aiter__(self):\n        return self\n\n"
        "    async def __anext__(self):\n        return 1"
    ),
    "class AsyncBase:\n    def __init__(self):\n        self.lock = asyncio.Lock()",
    "class AsyncClient(AsyncBase):\n    async def close(self):\n        pass",
    "class AsyncClient(AsyncBase):\n    def close(self):\n        return start(1)",
    (
        "class AsyncClient:\n    async def aclose(self):\n        pass\n\n"
        "    def close(self):\n        pass"
    ),
    "class AsyncClient(AsyncBase):\n    pass",
    "class AsyncClient:\n    @property\n    async def ready(self):\n        return 1",
    "class AsyncClient:\n    @property\n    def ready(self):\n        return 1",
    (
        "class AsyncClient:\n    async def afetch(self, async_x=1):\n"
        "        return async_x"
    ),
    "class Derived(AsyncClient):\n    def __iter__(self):\n        return iter(())",
    "class Derived(AsyncClient):\n    close = None",
    (
        "@typing.runtime_checkable\nclass AsyncShape(typing.Protocol):\n"
        "    async def close(self): ..."
    ),
    "client = AsyncClient()",
    "ready = None",
    "Flag = True",
    "KINDS = {'AsyncClient': 1}",
    "__all__ = ['fetch', 'AsyncClient']",
    "__all__ = ['fetch']",
    "@pytest.fixture\nasync def client():\n    yield 1",
    "@pytest.fixture\nasync def AsyncClient():\n    yield 1",
    "AsyncClient.close = fetch",
    "setattr(AsyncClient, 'fetch', start)",
    "TESTED = collections.abc.AsyncIterable, int",
)
USES = (
    "async def use_client(client: AsyncClient):\n    await client.close()",
    "async def use_client(client: AsyncClient):\n    client.close()",
    (
        "async def use_base(client: AsyncBase):\n    async with client as c:\n"
        "        await c.aclose()"
    ),
    "async def use_any(client):\n    await client.close()\n    client.aclose()",
    "async def use_any(client):\n    x = client.fetch()\n    return await x",
    "async def use_any(client):\n    return await client.ready",
    "async def use_any(client: AsyncClient):\n    return client.ready",
    "async def use_fetch():\n    return await fetch(1)",
    "async def use_fetch():\n    x = fetch(1)\n    return await x",
    "def use_fetch():\n    return fetch(1)",
    "async def use_fetch():\n    return await asyncio.wait_for(fetch(1), 1)",
    "async def use_fetch():\n    return await asyncio.gather(fetch(1), start(2))",
    "async def use_fetch():\n    return await other.fetch(1)",
    "async def use_start():\n    task = start(1)\n    task.cancel()\n    await task",
    "async def use_manage():\n    async with manage() as x:\n        return x",
    "async def use_generate():\n    async for x in generate():\n        return x",
    "async def use_generate():\n    return [x async for x in generated()]",
    "def test_it(x):\n    return isinstance(x, AsyncClient)",
    "def test_it(x):\n    return isinstance(x, collections.abc.Iterable)",
    "def test_it(x: AsyncBase):\n    return isinstance(x, typing.Iterator)",
    "def test_it(x):\n    return hasattr(x, '__iter__')",
    "def test_it(x):\n    return isinstance(x, TESTED)",
    "def test_it(x: Derived):\n    return isinstance(x, AsyncShape)",
    "def named():\n    return getattr(a, 'AsyncClient'), 'pkg.b.AsyncClient.close'",
    "def named(x):\n    return getattr(x, 'close'), getattr(x, 'a' + x.name)",
    "def named(x):\n    return globals()[x.name], KINDS['AsyncClient']",
    "def named():\n    return mock.patch('pkg.a.asyncio.sleep'), 'AsyncClient'",
    "def named():\n    return _AsyncClient__x",
    (
        "def documented():\n    '''Uses AsyncClient and :class:`pkg.b.AsyncBase`.\n\n"
        "    >>> await fetch(1)\n    >>> await AsyncClient().close()\n    '''"
    ),
    (
        "def documented():\n    '''Shows it.\n\n    ::\n\n"
        "        async with AsyncBase() as x:\n            await x.close()\n    '''"
    ),
    "# AsyncClient and AsyncBase\nX = 1",
    "def copied(x: AsyncClient):\n    return copy.copy(x)",
    "async def main():\n    await fetch(1)\n\n\nasyncio.run(main())",
    (
        "class Own(AsyncClient):\n    async def close(self):\n"
        "        await super().close()"
    ),
    "class Own(b.AsyncClient):\n    def __iter__(self):\n        return self",
    "class Own(AsyncBase):\n    def close(self):\n        return self.fetch()",
    "async def test_fixture(client, AsyncClient):\n    await client.close()",
    "async def given(AsyncClient=fetch, async_x=2):\n    return await AsyncClient()",
    "async def given(x: AsyncClient):\n    return await x.afetch(async_x=1)",
    (
        "class State:\n    def __init__(self):\n        self.n = 0\n\n"
        "    async def add(self):\n        self.n += 1\n        await fetch(1)\n"
        "        self.n -= 1\n\n    async def run(self):\n"
        "        asyncio.create_task(self.add())\n"
        "        asyncio.create_task(self.add())"
    ),
    "if Flag:\n    X = fetch",
    "def broken(:",
    "# twingen: async-only\nasync def only():\n    return AsyncClient()",
)
HEAD = "import asyncio, collections.abc, copy, pytest, typing\n"


class Edited:
    """A project that is edited again and again."""

    def __init__(self, root: Path, kind: str, chance: random.Random) -> None:
        self.project = Project(root)
        self._chance = chance
        tasks = {"threads": "threads", "turns": "turns"}.get(kind)
        self.project.write(
            "pyproject.toml",
            "[tool.twingen]\nruntime = 'pkg_sync.runtime'\n"
            + (f"tasks = '{tasks}'\n" if tasks else "")
            + ("async_only = ['pkg.c.Async*']\n" if kind == "methods" else "")
            + "trees = [{ source = 'src/pkg', target = 'out/pkg_sync', module = 'pkg', "
            "twin = 'pkg_sync' }]\n[tool.twingen.renames]\n" + CONFIGURATIONS[kind],
        )
        self.project.write("src/pkg/__init__.py", "")
        self._blocks: dict[str, list[str]] = {}
        for module in MODULES[:4]:
            self._blocks[module] = [self._block() for _ in range(5)]
            self._write(module)

    def _block(self) -> str:
        blocks = self._chance.choice((IMPORTS, DEFINITIONS, DEFINITIONS, USES))
        other = self._chance.choice(("a", "b", "c", "sub.d"))
        block = self._chance.choice(blocks)
        return block.format(other) if blocks is IMPORTS else block

    def edit(self) -> str:
        """Change something; return what was done."""
        module = self._chance.choice(MODULES)
        blocks = self._blocks.get(module)
        if blocks is None:
            self._blocks[module] = [self._block() for _ in range(3)]
        elif self._chance.random() < 0.1 and module != "sub.__init__":
            del self._blocks[module]
            self.project.remove(self._path(module))
            return f"{module} is gone"
        elif len(blocks) > 8 or (blocks and self._chance.random() < 0.3):
            blocks.remove(self._chance.choice(blocks))
        else:
            blocks.insert(self._chance.randrange(len(blocks) + 1), self._block())
        return self._write(module)

    def _path(self, module: str) -> str:
        return f"src/pkg/{module.replace('.', '/')}.py"

    def _write(self, module: str) -> str:
        text = "\n\n".join([HEAD, *self._blocks[module], ""])
        self.project.write(self._path(module), text)
        return f"{module}:\n{text}"


def outcome(root: Path, *, cached: bool) -> Any:
    """Return all that a build says and would write."""
    config = load(root)
    try:
        tree = Tree(config, cache=cache_of(config) if cached else None, partly=True)
        plan = tree.plan
        return (
            {path: output.digest for path, output in tree.outputs.items()},
            [str(each) for each in tree.refusals],
            [str(each) for each in plan.notes],
            plan.tasks,
            plan.why_turns,
        )
    except ConfigurationError as error:
        return str(error)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINGEN_CACHE_DIR", str(tmp_path / "cache"))


@given(seed=st.integers(0, 2**32), kind=st.sampled_from(sorted(CONFIGURATIONS)))
@settings(
    max_examples=EDITED,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_build_with_the_cache_is_one_without(
    tmp_path: Path, seed: int, kind: str
) -> None:
    root = tmp_path / "edited"
    shutil.rmtree(root, ignore_errors=True)
    edited = Edited(root, kind, random.Random(seed))
    done = "as it was made"
    for _ in range(EDITS):
        assert outcome(root, cached=True) == outcome(root, cached=False), done
        done = edited.edit()


# -- what was asked, and what has changed ------------------------------------------

KEYS = st.sampled_from(["a", "a.b", "a.c", "b", "b.b", "b.c.b"])
PAIRS = st.sampled_from(["a b", "b a", "b.b c", "c a.b"])


def definitions() -> st.SearchStrategy[Definitions]:
    """Make definitions of a few names."""
    empty = Definitions()
    return st.builds(
        Definitions,
        **{
            name: (
                st.dictionaries(KEYS, KEYS if name != "classes" else st.tuples(KEYS))
                if isinstance(getattr(empty, name), dict)
                else st.sets(PAIRS if name == "returned" else KEYS)
            )
            for name in COLLECTIONS
        },
    )


Question = Callable[[Definitions], Any]


def of_field(name: str, ask: Callable[[Any], Any]) -> Question:
    """Return a question about one field."""
    return lambda found: ask(getattr(found, name))


def of_all(method: str, *given: Any) -> Question:
    """Return a question that a method answers."""

    def ask(found: Definitions) -> Any:
        answer = getattr(found, method)(*given)
        return answer if isinstance(answer, (bool, set, str)) else list(answer or ())

    return ask


def has(key: str) -> Callable[[Any], Any]:
    return lambda field: key in field


def value(key: str) -> Callable[[Any], Any]:
    return lambda field: field.get(key)


def questions() -> dict[str, Question]:
    """Return everything that can be asked, with the short name of the question."""
    found: dict[str, Question] = {}
    empty = Definitions()
    for name in COLLECTIONS:
        if name == "sides_used":
            continue
        found[f"{name} all"] = of_field(name, sorted)
        found[f"{name} any"] = of_field(name, bool)
        is_dict = isinstance(getattr(empty, name), dict)
        for key in ("a", "a.b", "b.c.b", "b a"):
            found[f"{name} {key}"] = of_field(name, has(key))
            if is_dict:
                found[f"{name} get {key}"] = of_field(name, value(key))
        for index in INDEXES.get(name, ()):
            for key in ("a", "b", "b.c", "c"):
                found[f"{name} {index} {key}"] = of_all("by", name, index, key)
        if is_dict:
            found[f"{name} items"] = of_field(name, lambda field: sorted(field.items()))
    for key in ("a", "a.b", "b", "b.c.b", "c"):
        for method in ("may_wait", "bases", "behind", "star", "defining", "losing"):
            found[f"{method} {key}"] = of_all(method, key)
        found[f"methods {key}"] = of_all("methods_of", key)
        found[f"started {key}"] = of_all("is_started_by_method", None, key)
    found["gone"] = of_all("async_only_twins", lambda name, _: name)
    return found


@given(definitions(), definitions(), definitions())
@settings(max_examples=15, deadline=None, phases=[Phase.generate])
def test_another_answer_is_a_change(
    kept: Definitions, before: Definitions, now: Definitions
) -> None:
    """Whatever is asked: if its answer is another one, that is known without asking."""
    old, new = Definitions(), Definitions()
    for state, changed in ((old, before), (new, now)):
        state.update(kept)
        state.update(changed)
    changes = Changes()
    changes.compare(before.as_json(), now.as_json())
    changes.compare_empty(
        *([n for n in COLLECTIONS if getattr(each, n)] for each in (old, new))
    )
    recorded = RecordedDefinitions(old)
    for name, question in questions().items():
        recorded.begin()
        answer = question(recorded)
        assert answer == question(old), name
        if answer != question(new):
            assert changes.concern(recorded.asked()), name


@given(definitions(), definitions())
@settings(max_examples=15, deadline=None, phases=[Phase.generate])
def test_what_is_added_for_a_while_counts(own: Definitions, more: Definitions) -> None:
    recorded, both = RecordedDefinitions(own), Definitions()
    both.update(own)
    both.update(more)
    for name, question in questions().items():
        with recorded.also(more):
            assert question(recorded) == question(both), name
        assert question(recorded) == question(own), name
    recorded.begin()
    with recorded.also(more):
        assert "fetch" not in recorded.names
    assert recorded.asked()


def test_what_is_recorded_is_only_read() -> None:
    recorded = RecordedDefinitions(Definitions())
    with pytest.raises(AttributeError):
        recorded.names.add("x")
    with pytest.raises(TypeError):
        recorded.update(Definitions())
