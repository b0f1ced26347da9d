"""A user of a twin gives plain functions, and all goes as with coroutine functions.

Each library is run in two forms: the source with the user's `async` program, and the
twin, of tasks that take turns, with the same program as plain code.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import sys
import types

import pytest

from support.program_runner import Unformatted, twin_of

HEAD = """
import asyncio
import inspect
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any
"""
_ASYNC = re.compile(r"\b(async|await) ")


def module(name: str, code: str, **given: object) -> types.ModuleType:
    """Execute a module of its own, which a traceback can name."""
    made = types.ModuleType(name)
    vars(made).update(given)
    sys.modules[name] = made
    exec(compile(code, f"<{name}>", "exec", dont_inherit=True), vars(made))
    return made


def outcome(library: types.ModuleType, program: str) -> str:
    """Run a user's program, `use(library)`; return what it printed and raised."""
    user = module(f"user_of_{library.__name__}", program, lib=library, asyncio=asyncio)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            value = user.use()
            if asyncio.iscoroutine(value):
                value = asyncio.run(value)
            print("gave", value)
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
    return printed.getvalue()


def both(library: str, program: str) -> tuple[str, str]:
    """Return what the program does, and what its plain form does with the twin."""
    source = HEAD + library
    twin = twin_of(source, Unformatted, "turns")
    names = {"aiter": "iter", "anext": "next", "aenter": "enter", "aexit": "exit"}
    plain = _ASYNC.sub("", program)
    for old, new in names.items():
        plain = plain.replace(f"__{old}__", f"__{new}__")
    plain = plain.replace("asynccontextmanager", "contextmanager")
    plain = plain.replace("StopAsyncIteration", "StopIteration")
    return (
        outcome(module("library", source), program),
        outcome(module("twin", twin), plain),
    )


LIBRARIES = {
    "guard": """
class Bus:
    def __init__(self):
        self.handlers = []

    def subscribe(self, handler):
        if not inspect.iscoroutinefunction(handler):
            raise TypeError("a coroutine function is needed")
        self.handlers.append(handler)

    async def emit(self, x):
        return [await handler(x) for handler in self.handlers]
""",
    "guard of asyncio, with callable()": """
class Bus:
    def __init__(self):
        self.handlers = []

    def subscribe(self, handler):
        if not callable(handler) or not asyncio.iscoroutinefunction(handler):
            raise TypeError("a coroutine function is needed")
        self.handlers.append(handler)

    async def emit(self, x):
        return list(await asyncio.gather(*(h(x) for h in self.handlers)))
""",
    "assert": """
class Bus:
    def __init__(self):
        self.handlers = []

    def subscribe(self, handler):
        assert inspect.iscoroutinefunction(handler), "needed"
        self.handlers.append(handler)

    async def emit(self, x):
        return list(await asyncio.gather(*[h(x) for h in self.handlers]))
""",
    "a flag": """
class Bus:
    def __init__(self):
        self.handlers = []

    def subscribe(self, handler):
        self.handlers.append((handler, inspect.iscoroutinefunction(handler)))

    async def emit(self, x):
        found = []
        for handler, is_async in self.handlers:
            if is_async:
                print("waits")
                found.append(await handler(x))
            else:
                print("calls")
                found.append(handler(x))
        return found
""",
    "a flag of self, and a thread": """
class Bus:
    def subscribe(self, handler):
        self._handler = handler
        self._is_async = asyncio.iscoroutinefunction(handler)

    async def emit(self, x):
        if self._is_async:
            return await self._handler(x)
        loop = asyncio.get_running_loop()
        print("in a thread")
        return await loop.run_in_executor(None, self._handler, x)
""",
    "isawaitable": """
class Bus:
    def subscribe(self, handler):
        self.handler = handler

    async def emit(self, x):
        result = self.handler(x)
        print("called")
        if inspect.isawaitable(result):
            print("waits")
            result = await result
        return result
""",
    "a guard of what is returned": """
class Bus:
    def subscribe(self, handler):
        self.handler = handler

    async def emit(self, x):
        result = self.handler(x)
        if not inspect.isawaitable(result):
            raise TypeError("an awaitable is needed")
        return await result
""",
    "isinstance of what is returned": """
class Bus:
    def subscribe(self, handler):
        self.handler = handler

    async def emit(self, x):
        if isinstance(result := self.handler(x), Awaitable):
            return await result
        raise TypeError("an awaitable is needed")
""",
    "tasks": """
class Bus:
    def subscribe(self, handler):
        self.handler = handler

    async def emit(self, x):
        task = asyncio.create_task(self.handler(x))
        print("made")
        return await task
""",
    "a kept coroutine": """
class Bus:
    def subscribe(self, handler):
        self.handler = handler

    async def emit(self, x):
        coroutine = self.handler(x)
        print("made")
        return await asyncio.wait_for(coroutine, 30)
""",
    "coroutines in a list": """
class Bus:
    def __init__(self):
        self.handlers = []

    def subscribe(self, handler):
        self.handlers.append(handler)

    async def emit(self, x):
        waiting = []
        for handler in self.handlers:
            waiting.append(handler(x))
        print("made")
        return [await each for each in waiting]
""",
    "gather of map": """
class Bus:
    def subscribe(self, handler):
        self.handler = handler

    async def emit(self, x):
        return list(await asyncio.gather(*map(self.handler, [x, x])))
""",
    "a task group": """
class Bus:
    def subscribe(self, handler):
        self.handler = handler

    async def emit(self, x):
        async with asyncio.TaskGroup() as tg:
            tasks = [tg.create_task(self.handler(y)) for y in (x, x + 1)]
            print("started")
        return [task.result() for task in tasks]
""",
    "a thread with a loop of its own": """
class Bus:
    def subscribe(self, handler):
        self.handler = handler

    async def emit(self, x):
        return await asyncio.to_thread(asyncio.run, self.handler(x))
""",
    "a task as it is made": """
class Bus:
    def subscribe(self, handler):
        self.handler = handler

    async def emit(self, x):
        return await asyncio.Task(self.handler(x))
""",
    "a hook that is awaited": """
class Bus:
    def __init__(self, hook=None):
        self.hook = hook

    def subscribe(self, handler):
        self.hook = handler

    async def emit(self, x):
        if self.hook is not None:
            return await self.hook(x)
""",
    "a decorator": """
def logged(function):
    if not inspect.iscoroutinefunction(function):
        raise TypeError("a coroutine function is needed")

    async def call(x):
        print("before")
        return await function(x)

    return call


class Bus:
    def subscribe(self, handler):
        self.handler = logged(handler)

    async def emit(self, x):
        return await self.handler(x)
""",
    "an annotated helper": """
class Bus:
    def subscribe(self, handler):
        self.handler = handler

    def _call(self, x) -> Coroutine[Any, Any, Any]:
        print("makes")
        return self.handler(x)

    async def emit(self, x):
        made = self._call(x)
        print("made")
        return await asyncio.create_task(made)
""",
}
USES = {
    "a function": """
async def handler(x):
    print("handles", x)
    return x * 2

async def use():
    bus = lib.Bus()
    bus.subscribe(handler)
    return await bus.emit(3)
""",
    "a method": """
class Handler:
    async def handle(self, x):
        print("handles", x)
        return x * 2

async def use():
    bus = lib.Bus()
    bus.subscribe(Handler().handle)
    return await bus.emit(3)
""",
    "a partial object": """
import functools

async def handler(y, x, *, z=0):
    print("handles", x)
    return x * y + z

async def use():
    bus = lib.Bus()
    bus.subscribe(functools.partial(handler, 2, z=1))
    return await bus.emit(3)
""",
    "one that raises": """
async def handler(x):
    raise ValueError(x)

async def use():
    bus = lib.Bus()
    bus.subscribe(handler)
    return await bus.emit(3)
""",
}
_NEWER = {"a task group": (3, 11)}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("name", LIBRARIES)
def test_plain_functions_stand_for_coroutine_functions(name: str, use: str) -> None:
    if sys.version_info < _NEWER.get(name, (3, 10)):
        pytest.skip("newer than this Python")
    source, twin = both(LIBRARIES[name], use)
    assert twin == source
    assert "handles 3" in source or "ValueError" in source or "Group" in source


HOOKS = """
class Service:
    async def on_message(self, x):
        print("default", x)

    async def run(self, x):
        await self.on_message(x)
        task = asyncio.create_task(self.on_message(x))
        print("made")
        await asyncio.gather(task, self.on_message(x))
        coroutine = self.on_message(x)
        print("made")
        return await coroutine
"""


def test_plain_overrides_stand_for_coroutine_functions() -> None:
    use = """
class Mine(lib.Service):
    async def on_message(self, x):
        await super().on_message(x)
        print("mine", x)
        return x

async def use():
    return await lib.Service().run(1), await Mine().run(2)
"""
    source, twin = both(HOOKS, use)
    assert twin == source
    assert source.endswith("gave (None, 2)\n")


OWN = """
def plain(x):
    return x


async def waits(x):
    return x


class Both:
    def plain(self):
        return 1

    async def waits(self):
        return 2


def kinds():
    both = Both()
    every = [plain, waits, both.plain, both.waits, lambda: 1, print, len, Both, both]
    return [inspect.iscoroutinefunction(each) for each in every]
"""


def test_functions_of_the_library_are_what_they_are() -> None:
    source, twin = both(OWN, "def use():\n    return lib.kinds()\n")
    assert twin == source
    assert "True" in source
    assert "False" in source


def test_what_twins_import_is_what_it_is() -> None:
    """A module beside the twin, which both sides use, is no user's."""
    shared = module("beside_twins", "def plain(x):\n    return x\n")
    library = (
        "from beside_twins import plain\n\n\nasync def other(): ...\n\n\n"
        "def kind(f=plain):\n    return inspect.iscoroutinefunction(f)\n"
    )
    source, twin = both(library, "def use():\n    return lib.kind()\n")
    assert twin == source == "gave False\n"
    assert shared.plain(1) == 1


REFUSING = {
    "a check": "if inspect.iscoroutinefunction(f):\n        raise TypeError('plain')",
    "a check in parts": "if callable(f) and asyncio.iscoroutinefunction(f):\n"
    "        raise TypeError('plain')",
    "an else": "if not inspect.iscoroutinefunction(f):\n        print('ok')\n"
    "    else:\n        raise TypeError('plain')",
    "an assert": "assert not inspect.iscoroutinefunction(f), 'plain'",
    "a variable": "is_async = inspect.iscoroutinefunction(f)\n    if is_async:\n"
    "        raise TypeError('plain')",
    "a raise that follows": "if not inspect.iscoroutinefunction(f):\n"
    "        return f()\n    raise TypeError('plain')",
}


@pytest.mark.parametrize("check", REFUSING.values(), ids=REFUSING)
def test_who_refuses_coroutine_functions_takes_plain_ones(check: str) -> None:
    library = (
        f"def on_close(f):\n    {check}\n    return f()\n\n\nasync def own(): ...\n\n\n"
        "def own_is_taken():\n    try:\n        on_close(own)\n"
        "    except (TypeError, AssertionError) as error:\n        return str(error)\n"
    )
    use = "def use():\n    return lib.on_close(lambda: 1), lib.own_is_taken()\n"
    source, twin = both(library, use)
    assert twin == source
    assert source.endswith("gave (1, 'plain')\n")


def test_a_server_gives_users_functions_a_task() -> None:
    library = """
async def serve(handler):
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"a line\\n")
        line = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return line
"""
    use = """
async def handler(reader, writer):
    writer.write((await reader.readline()).upper())
    await writer.drain()
    writer.close()

async def use():
    return await lib.serve(handler)
"""
    source, twin = both(library, use)
    assert twin == source == "gave b'A LINE\\n'\n"


GENERATORS = """
def kind(f):
    return inspect.isasyncgenfunction(f), inspect.iscoroutinefunction(f)


async def all_of(f):
    if not inspect.isasyncgenfunction(f):
        raise TypeError("a generator is needed")
    made = f()
    return inspect.isasyncgen(made), [x async for x in made]
"""


def test_generators_of_users_stand_for_asynchronous_ones() -> None:
    use = """
async def numbers():
    yield 1
    yield 2

async def use():
    return lib.kind(numbers), await lib.all_of(numbers)
"""
    source, twin = both(GENERATORS, use)
    assert twin == source == "gave ((True, False), (True, [1, 2]))\n"


PROTOCOLS = """
class Stream:
    def __aiter__(self):
        return self._parts()

    async def _parts(self):
        yield 1
        yield 2


class Steps(AsyncIterator):
    def __init__(self):
        self.left = 2

    async def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return self.left


class Manager:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        return None


class Items:
    def __iter__(self):
        return iter([5])

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


async def numbers():
    yield 3


def plain():
    yield 4


def lock():
    return asyncio.Lock()


def asked(x):
    return (
        hasattr(x, "__aiter__"),
        hasattr(x, "__anext__"),
        hasattr(x, "__aenter__"),
        isinstance(x, AsyncIterable),
        isinstance(x, AsyncIterator),
        isinstance(x, (str, AbstractAsyncContextManager)),
        issubclass(type(x), AsyncIterable),
    )


async def parts(x):
    if isinstance(x, AsyncIterable):
        return "async", [part async for part in x]
    elif hasattr(x, "__iter__"):
        return "sync", list(x)
    return "one", x


async def enter(x):
    if hasattr(x, "__aenter__"):
        async with x as value:
            return "async", value is x
    with x as value:
        return "sync", value is x
"""
OWN_PROTOCOLS = """
async def use():
    every = [lib.Stream(), lib.Steps(), lib.Manager(), lib.Items(), lib.numbers(),
             lib.plain(), [], "", {}, iter([]), 1, lib.lock()]
    return [lib.asked(x) for x in every], [
        await lib.parts(x)
        for x in (lib.Stream(), lib.Steps(), lib.Items(), lib.numbers(), lib.plain(),
                  [1], "ab", b"ab", 1)
    ], [await lib.enter(x) for x in (lib.Manager(), lib.Items())]
"""


def test_protocols_of_the_library_are_what_they_were() -> None:
    source, twin = both(PROTOCOLS, OWN_PROTOCOLS)
    assert twin == source
    assert "('async', [1, 2])" in source


def test_protocols_of_users_stand_for_asynchronous_ones() -> None:
    use = """
from contextlib import asynccontextmanager

class Mine:
    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        return None

async def made():
    yield 1

@asynccontextmanager
async def opened():
    yield 1

async def use():
    asked = [lib.asked(x)[:6] for x in (Mine(), made(), opened())]
    return asked, [await lib.parts(x) for x in (Mine(), made(), [2], "ab")], [
        await lib.enter(x) for x in (Mine(), opened())
    ]
"""
    source, twin = both(PROTOCOLS, use)
    assert twin == source
    assert "('async', [1])" in source


def test_what_needs_an_iterable_takes_a_list_in_the_twin() -> None:
    library = """
async def send(parts):
    if not isinstance(parts, AsyncIterable):
        raise TypeError("parts are needed")
    return [part async for part in parts]
"""
    twin = module("needing", twin_of(HEAD + library, Unformatted, "turns"))
    assert twin.send([1, 2]) == [1, 2]
    with pytest.raises(TypeError):
        twin.send(1)


OPERATORS = """
class Store:
    def __init__(self):
        self.data = {"a": 1}

    async def __getitem__(self, key):
        await asyncio.sleep(0)
        return self.data[key]

    async def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return name

    async def read(self, function):
        return await function(self), await self["a"]
"""


def test_operators_give_users_the_result() -> None:
    """In a user's function that the library calls, too."""
    use = """
async def found(store):
    return await store["a"], await store.size

async def use():
    store = lib.Store()
    try:
        await store["b"]
    except KeyError as error:
        print(error)
    return await store["a"], await store.name, await store.read(found)
"""
    source, twin = both(OPERATORS, use)
    assert twin == source
    assert "gave (1, 'name', ((1, 'size'), 1))" in source
