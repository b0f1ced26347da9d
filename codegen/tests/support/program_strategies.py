"""Hypothesis strategies that write programs; see `test_properties`.

`programs` gives deterministic programs that print what they do, `sources` gives
text for the tool alone: everything that can be written, never run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from hypothesis import strategies as st

Text = st.SearchStrategy[str]

# -- programs that run ------------------------------------------------------

_HEAD = '''\
"""A program; `await` in it is code."""
{imports}

async def value(x):
    await {sleep}(0)
    print("value", x)
    return x


class Thing:
    async def __aenter__(self):
        print("enter")
        return self

    async def __aexit__(self, kind, error, trace):
        print("exit", kind and kind.__name__)
        return kind is KeyError

    async def pair(self, a, b=2):  # an await of two
        return await value((a, b))


async def numbers(n):
    for i in range(n):
        yield await value(i)
    print("numbers end")


@{manager}
async def managed(x):
    print("in", x)
    try:
        yield x
    finally:
        print("out", await value(x))


async def main():
    a = b = 1
    total = []
'''
_IMPORTS = [
    (
        "import asyncio\nfrom contextlib import asynccontextmanager",
        "asyncio.sleep",
        "asynccontextmanager",
    ),
    (
        "import asyncio as aio  # the loop\nimport contextlib as c, sys",
        "aio.sleep",
        "c.asynccontextmanager",
    ),
    (
        "from contextlib import asynccontextmanager as acm\nfrom asyncio import sleep",
        "sleep",
        "acm",
    ),
    (
        "from asyncio import (\n    sleep as nap,  # zzz\n)\nimport contextlib",
        "nap",
        "contextlib.asynccontextmanager",
    ),
]
_OPERATORS = ["+", "-", "*", "|", "&", "^", "and", "or", "==", "!=", "<", ">=", "is"]
_BINARY = [f"{{0}} {operator} {{1}}" for operator in _OPERATORS]
_ATOMS = ["a", "b", "1", "2", "True", "-3", "0"]
# What an expression may look like, with places for smaller ones.
_RUNNING = [
    *_BINARY,
    "await value({0})",
    "await  value( {0} )",
    "await(value({0}))",
    "(await value({0}))",
    "-await value({0})",
    "not await value({0})",
    "(await value({0}) if {1} else {2})",
    "await (value({0}) if {1} else value({2}))",
    "{0} if await value({1}) else await value({2})",
    "(yielded := await value({0}))",
    "[await value({0}), {1}][0]",
    "(await value([{0}]))[0]",
    "(await value(({0}, {1})))[-1]",
    "sum([x async for x in numbers(2)]) + {0}",
    "len({{await value(x) for x in range(2)}})",
    "len({{x: await value({0}) for x in range(2) if await value(x)}})",
    "sum([await value(x) async for x in numbers(3) if x and await value({0})])",
    "(lambda p={0}: p)()",
    "len(f'{{await value({0})}}')",
    'len(f"{{await value({0})!r:>{{await value(4)}}}}")',
    "(await Thing().pair({0}))[0]",
    "(await Thing().pair({0}, b={1}))[1]",
    "(await Thing().pair(*[{0}, {1}]))[1]",
    "(await Thing().pair(b={0}, a=await value({1})))[0]",
    "(await value({0}) if {1} else {0})",
    "abs(\n        # about the value\n        await value({0})  # of it\n    )",
]


def _parses(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def _composed(form: str, parts: Sequence[str]) -> str:
    """Put smaller expressions into a form, in parentheses where they need them."""
    plain = form.format(*parts)
    if _parses(plain):
        return plain
    closed = form.format(*(f"({part})" for part in parts))
    return closed if _parses(closed) else form.format("a", "1", "b")


def _filled(forms: list[str], smaller: Text) -> Text:
    parts = st.tuples(smaller, smaller, smaller)
    return st.builds(_composed, st.sampled_from(forms), parts)


def _expressions(forms: list[str], atoms: list[str]) -> Text:
    return st.recursive(
        st.sampled_from(atoms), lambda s: _filled(forms, s), max_leaves=6
    )


_VALUES = _expressions(_RUNNING, _ATOMS)
_SIMPLE = [
    "a = {0}",
    "a, b = {0}, {1}",
    "total += [{0}]  # kept",
    "total.append({0})",
    "print('v', {0})",
    "b: int = {0}",
    "assert ({0},), await value(1)",
    "await value({0})",
    "if {0}: print({1})",
    "total.append(a); del total[0]",  # which makes it no shorter: loops end
    "pass  # nothing",
]
_BLOCKS = [
    "if {0}:\n{body}\nelif {1}:\n    pass\nelse:\n{other}",
    "for i in range(2):\n{body}\nelse:\n{other}",
    "async for i in numbers(2):\n{body}\n    if {0}: break\nelse:\n{other}",
    "async with Thing() as thing, managed({0}):\n{body}",
    "async with (\n    managed({0}) as m,  # a comment\n    Thing(),\n):\n{body}",
    "async with Thing():\n{body}\n    raise KeyError(1)",
    (
        "try:\n{body}\n    raise ValueError({0})\n"
        "except (ValueError, TypeError) as e:\n"
        "{other}\nfinally:\n    print('f', await value(1))"
    ),
    "while len(total) < 2:\n    total.append(await value({0}))\n{body}",
    (
        "match await value({0}):\n    case 1 | 2:\n{body8}\n"
        "    case _ if await value({1}):\n{other8}\n    case _:\n        pass"
    ),
    "async def inner(q={0}):\n{body}\n    return await value(q)\nprint(await inner())",
    (
        "class Inner(Thing):\n    at = {atom}\n    async def get(self):\n"
        "        '''Say `await x.get()`.'''\n        return await value(self.at)\n"
        "print(await Inner().get())"
    ),
    "# a comment alone\n\n\n{body0}\n# and one after",
    (
        # What only one side evaluates is always there, and does nothing.
        "if Thing is Thing:  # twingen: async-only\n{body}\n"
        "else:  # twingen: sync-only\n    # of the twin\n{body}"
    ),
    (
        "async def scoped(\n    q,\n    scope=None,  # twingen: async-only\n"
        "    *,\n    loop=1,  # twingen: async-only\n):\n{body}\n"
        "    return await value(q)\n"
        "print(await scoped({0}, Thing), await scoped(loop=main, q={1}, scope=None))"
    ),
    (
        "print([\n    {atom},  # kept\n    *[],  # twingen: async-only\n    {0},\n])\n"
        "unused = {atom}  # twingen: async-only"
    ),
    (
        "class Both:\n    async def aclose(self): return {atom}\n"
        "    def close(self): ...  # twingen: async-only\n"
        "print(await Both().aclose())"
    ),
    (
        "async def gen():\n    yield {atom}\n    if await value({atom}): return\n"
        "    yield 2\n"
        "print([x async for x in gen()])"
    ),
]


def _indented(text: str, by: int = 4) -> str:
    return "\n".join(" " * by + line if line else line for line in text.split("\n"))


def _block(parts: tuple[str, str, str, str, str, str]) -> str:
    form, one, two, body, other, atom = parts
    return form.format(
        one,
        two,
        body=_indented(body),
        other=_indented(other),
        body8=_indented(body, 8),
        other8=_indented(other, 8),
        body0=body,
        atom=atom,
    )


def _statements(values: Text, simple: list[str], blocks: list[str]) -> Text:
    line = st.tuples(st.sampled_from(simple), values, values).map(
        lambda p: p[0].format(p[1], p[2])
    )
    short = st.lists(line, min_size=1, max_size=3).map("\n".join)

    def nest(smaller: Text) -> Text:
        block = st.tuples(
            st.sampled_from(blocks), values, values, smaller, smaller, _ATOM
        ).map(_block)
        return st.lists(block | line, min_size=1, max_size=3).map("\n".join)

    return st.recursive(short, nest, max_leaves=4)


_ATOM = st.sampled_from(_ATOMS)
_BODIES = _statements(_VALUES, _SIMPLE, _BLOCKS)


def _program(drawn: tuple[tuple[str, str, str], str]) -> str:
    (imports, sleep, manager), body = drawn
    # Not `format`: the head and the body have braces of their own.
    head = _HEAD
    for name, text in (("imports", imports), ("sleep", sleep), ("manager", manager)):
        head = head.replace(f"{{{name}}}", text)
    return f"{head}{_indented(body)}\n    return a, b, total\n"


# What only the twin has, within what it has nothing of: refused, and so no program.
_NESTED_SIDES = re.compile(
    r"^( *)if .*# twingen: async-only\n(?:\1 .*\n|\n)*?\1 .*# twingen: sync-only",
    re.MULTILINE,
)

programs: Text = (
    st.tuples(st.sampled_from(_IMPORTS), _BODIES)
    .map(_program)
    .filter(lambda text: not _NESTED_SIDES.search(text))
)

# -- sources that are only read ---------------------------------------------

_READ = [
    *_RUNNING,
    "await {0}",
    "await f({0}, *{1}, **{2})",
    "await (await g({0})).h[{1}](x={2})",
    "await f({0}) ** -await f({1})",
    "(await f()).x.y",
    "{{**await f({0}), 'k': {1}}}",
    "f'{{await f({0})=}} {{x!r}}'",
    "[*await f({0}), *{1}]",
    "x[await f({0}):{1}]",
    "(lambda q={0}, *a, **k: q)",
    "asyncio.gather(f({0}), f({1}))",
    "await asyncio.wait_for(queue.get(), {0})",
    "asyncio.create_task(f({0}))",
    "(i async for i in f({0}) if await f(i))",
    "await asyncio.sleep({0})",
    "cast('Awaitable[int]', {0})",
    "isinstance({0}, (AsyncIterator, Iterator))",
    "obj.aclose()",
    "'await it' \"async\"",
    "'bytes' b'x'",  # which Python refuses
    "f'{{f\"{{await f({0})}}\" + g({1})!r:>{{await f(4)}}}}'",
    "f'{{f'{{await f({0})}}'}}'",  # from Python 3.12
    "t'{{await f({0})}} {{x}}'",  # from Python 3.14
    "[w := await f({0}), w]",
    "getattr(x, 'aclose')",
    "list['AsyncIterator[int]']",
]
_READ_SIMPLE = [
    *_SIMPLE,
    "x: 'AsyncIterator[int]' = {0}",
    "x: Awaitable[int] | None = {0}",
    "return {0}",
    "yield {0}",
    "raise E({0}) from {1}",
    "import asyncio, os as o",
    "from asyncio import Lock as L, Event",
    "from . import sibling as s",
    "from typing import (\n    AsyncIterator,\n    Awaitable,  # noqa\n)",
    "@decorated({0})\nasync def d(self, /, a, *, k: int = {1}) -> None: ...",
    "global a",
    "x = y = {0};",
    "async def one(): return await f({0})  # type: ignore",
    "marked = f({0})  # twingen: async-only",
    "# twingen: async-only\nmarked = await f({0})",
    "from asyncio import (\n    Lock,\n    Runner,  # twingen: async-only\n)",
    "marked: int = {0}  # twingen: sync-only",  # which is refused
    "type Alias[T] = dict[T, 'Awaitable[int]']",  # from Python 3.12
    "AsyncT = TypeVar('AsyncT', bound='Awaitable[int]')",
    "ASYNC = True",
    "y = f(ASYNC)",  # which is refused
    "(x): int = {0}",  # which is refused
    "x = [ {0},1 ]  # fmt: skip",
]
_READ_BLOCKS = [
    *_BLOCKS,
    (
        "@property\n# between\n@decorated({0})\nasync def f(x: Awaitable[int], *y) -> "
        '\'Coroutine[None, None, int]\':\n    """Doc of `await f()`."""\n{body}'
    ),
    (
        "class Base(Other, metaclass=type):\n    '''Doc.'''\n\n"
        "    async def __aiter__(self):\n{body8}\n    async def aclose(self): ..."
    ),
    "if TYPE_CHECKING:\n    from collections.abc import AsyncIterator, Awaitable",
    "async with asyncio.timeout({0}) as t, lock:\n{body}",
    "async with asyncio.TaskGroup() as tg:\n    tg.create_task(f({0}))\n{body}",
    "# fmt: off\nx = [ 1,2 ]\n# fmt: on\n{body0}",
    "if ASYNC:\n{body}\nelse:\n{other}\n    # the end",
    "if not ASYNC:\n{body}\nelif {0}:\n{other}",
    "if {0}:\n{body}\nelif ASYNC:\n{other}\nelif {1}:\n{body}\nelse:\n    pass",
    "if TYPE_CHECKING:  # twingen: sync-only\n{body}\n    # the end",
    "for i in f({0}):  # twingen: async-only\n{body}",
    (
        "class Marked:\n    async def f(\n        self,\n"
        "        scope,  # twingen: async-only\n    ):\n{body8}\n"
        "    async def g(self):\n        return await self.f({atom})"
    ),
    ("try:\n{body}\nexcept* (ValueError, TypeError) as e:\n{other}"),  # from 3.11
    "try:\n{body}\nexcept ValueError, TypeError:\n{other}",  # from Python 3.14
    (
        "async def f[T: 'Awaitable[int]' = int, *Ts, **P](x: T, *a: *Ts):\n"  # 3.13
        "{body}"
    ),
    "class Generic[T](Base[T]):\n    async def aclose(self) -> T:\n{body8}",
    (
        "match await f({0}):\n"
        "    case {{'k': [1, *_], **rest}} if (w := await f({1})):\n"
        "{body8}\n    case Base(x=1) | -1 + 2j | a.b | (1,) as both:\n{other8}"
    ),
    (
        "def plain():\n    loop = asyncio.get_running_loop()\n"
        "    loop.add_reader({0}, event.set)"
    ),
]
_HEADS = st.sampled_from(
    [
        "",
        '"""Module."""\n\nfrom __future__ import annotations\n\nimport asyncio\n',
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nimport asyncio as asyncio\n",
        "from asyncio import *\n",
        "# twingen: sync-only\nimport asyncio\n",
        "from typing import TYPE_CHECKING, TypeVar\nASYNC = True\n",
        (
            "import asyncio\n"
            "from typing import AsyncIterator, Awaitable, Coroutine, cast\n"
            "from x import f, g\n\n__all__ = ['f', \"AsyncThing\"]\n"
        ),
    ]
)
_READ_BODIES = _statements(_expressions(_READ, _ATOMS), _READ_SIMPLE, _READ_BLOCKS)

sources: Text = st.tuples(_HEADS, _READ_BODIES, st.booleans()).map(
    lambda p: p[0] + ("async def top():\n" + _indented(p[1]) if p[2] else p[1]) + "\n"
)


# -- sources without anything asynchronous ----------------------------------

_SYNC_WORDS = (("await(", "("), ("await ", ""), ("async ", ""), ("aclose", "close"))
_NOT_SYNC = ("asyncio", "Async", "__a", "Awaitable", "b'x'", "twingen:", "(x): int")


def _sync(forms: list[str]) -> list[str]:
    """Return the forms without the words, those that name a library left out."""
    found = []
    for form in forms:
        for word, instead in _SYNC_WORDS:
            form = form.replace(word, instead)
        if not any(name in form for name in _NOT_SYNC):
            found.append(form)
    return found


sync_sources: Text = (
    _statements(
        _expressions(_sync(_READ), _ATOMS), _sync(_READ_SIMPLE), _sync(_READ_BLOCKS)
    )
    .filter(lambda text: "Coroutine" not in text)
    .map("import os, sys\n{}\n".format)
)
