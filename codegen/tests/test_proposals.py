"""Refusals that propose a change: each is applied here, and the twin is built."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from support.sample_project import Project

PYPROJECT = """
[tool.twingen]
tasks = "{tasks}"
trees = [{{ source = "aio", target = "sync" }}]
"""
PAGE = Path(__file__).parents[1] / "docs" / "tables.md"
MARK = "# twingen: async-only"


def row(project: Project, proposed: re.Match[str]) -> None:
    """Add the row of a table, with a name for its dots."""
    project.append(
        "pyproject.toml", f'\n[{proposed[1]}]\n{proposed[2]} = "acme.sync"\n'
    )


def member(project: Project, proposed: re.Match[str]) -> None:
    project.append("pyproject.toml", f'\n[{proposed[1]}]\n{proposed[2]} = "take"\n')


def method(project: Project, proposed: re.Match[str]) -> None:
    """Replace a row of a class of the sources by one of `methods`."""
    before = project.read("pyproject.toml").partition("[tool.twingen.libraries")[0]
    project.write(
        "pyproject.toml", f'{before}[tool.twingen.methods]\n"{proposed[1]}" = "get"\n'
    )


def key(project: Project, proposed: re.Match[str]) -> None:
    """Add a key of `[tool.twingen]`."""
    text = proposed[1].replace("your_twin", "sync")
    project.replace("pyproject.toml", "tasks = ", f"{text}\ntasks = ")


def marker(line: int) -> Callable[[Project, re.Match[str]], None]:
    def mark(project: Project, proposed: re.Match[str]) -> None:
        lines = project.read("aio/m.py").split("\n")
        lines[line - 1] += f"  {MARK}"
        project.write("aio/m.py", "\n".join(lines))

    return mark


def annotation(before: str, after: str) -> Callable[[Project, re.Match[str]], None]:
    def annotate(project: Project, proposed: re.Match[str]) -> None:
        project.replace("aio/m.py", before, after)

    return annotate


ROW = r'\[(tool\.twingen\.libraries\S*)\] (\w+) = "\.\.\."'
KEY = r'(\w+ = (?:\["[\w.]+"\]|"[\w.]+"))'
X = "class AsyncX:\n    async def aclose(self): ...\n"
UNKNOWN = "def f(x):\n    if hasattr(x, 'close'): x.close()\n"
# By code: a source, what is configured, what the help says, and how it is applied.
PROPOSALS: dict[
    str, list[tuple[str, str, str, Callable[[Project, re.Match[str]], None]]]
] = {
    "TW109": [
        ("import acme\nasync def f(): await acme.get()\n", "", ROW, row),
        (
            "from acme import Event\nasync def f(e: Event): await e.aget(1)\n",
            "",
            ROW,
            member,
        ),
        (
            "from acme import Rows\nasync def f(r: Rows): [x async for x in r]\n",
            "",
            ROW,
            row,
        ),
        (
            "import acme\nawaited = 1\nasync def f():\n    await acme.get()\n",
            "",
            MARK,
            marker(4),
        ),
    ],
    "TW107": [
        (
            (
                "from acme import Event\nasync def f(e: Event, o):\n"
                "    await e.aget()\n    await o.aget()\n"
            ),
            '[tool.twingen.libraries."acme.Event"]\naget = "get"\n',
            ROW,
            member,
        ),
        (
            (
                "from acme import Event\nasync def f(e: Event, o):\n"
                "    await e.aget()\n    await o.aget()\n"
            ),
            '[tool.twingen.libraries."acme.Event"]\naget = "get"\n',
            "annotate the object with its class",
            annotation(", o)", ", o: Event)"),
        ),
        (
            "class X:\n    async def aclose(self): ...\n    def close(self): ...\n",
            "",
            MARK,
            marker(3),
        ),
    ],
    "TW114": [
        (
            (
                "from collections.abc import Iterable\nasync def g():\n    yield 1\n"
                "def f(x): return isinstance(x, Iterable)\n"
            ),
            "",
            "annotate the value if it is not asynchronous",
            annotation("f(x)", "f(x: str | list[int])"),
        ),
    ],
    "TW128": [
        (
            (
                "class B:\n    def close(self): ...\n"
                "class C(B):\n    async def aclose(self): ...\n"
            ),
            "",
            MARK,
            marker(4),
        ),
        (
            (
                "class N:\n    def __getitem__(self, key): ...\n"
                "    async def __aiter__(self): yield 1\n"
            ),
            "",
            "annotate the key if it is not a number, as in `key: str`",
            annotation("key)", "key: str)"),
        ),
    ],
    "TW129": [
        (
            (
                f"class X:\n    async def end(self): ...  {MARK}\n"
                "async def f(x: X):\n    await x.end()\n    return 1\n"
            ),
            "",
            MARK,
            marker(4),
        ),
    ],
    "TW211": [
        (
            (
                "import acme\nfrom redis.asyncio import Redis\n"
                "async def f(r: Redis):\n    await r.initialize()\n    return acme\n"
            ),
            "",
            "leave it out",
            annotation("    await r.initialize()\n", ""),
        ),
    ],
    "TW233": [
        (
            f"{X}def f(x): return getattr(x, 'aclose')\n",
            "",
            f"list the function: {KEY}",
            key,
        ),
        (
            f"{X}def f(x: AsyncX): return hasattr(x, 'aclose')\n",
            "",
            f"list the function: {KEY}",
            key,
        ),
        (
            f"{X}{UNKNOWN}",
            "",
            "annotate the object with its class",
            annotation("f(x)", "f(x: str)"),
        ),
        (
            f"{X}def f(x): return vars(x)['aclose']\n",
            "",
            KEY,
            annotation("vars(x)['aclose']", "getattr(x, 'aclose')"),
        ),
    ],
    "TW018": [("async def f(): ...\n", "", KEY, key)],
    "configuration": [
        (
            "class X:\n    async def aget(self): ...\n",
            '[tool.twingen.libraries."aio.m.X"]\naget = "get"\n',
            r'"(X\.aget)" = "\.\.\."',
            method,
        ),
    ],
}


@pytest.mark.parametrize(
    ("code", "number"),
    [(code, n) for code, given in PROPOSALS.items() for n in range(len(given))],
)
def test_what_is_proposed_works(code: str, number: int, tmp_path: Path) -> None:
    source, rows, said, change = PROPOSALS[code][number]
    project = Project(tmp_path)
    tasks = "turns" if code == "TW018" else "threads"
    project.write("pyproject.toml", PYPROJECT.format(tasks=tasks) + rows)
    project.write("aio/__init__.py", "")
    project.write("aio/m.py", source)
    refused = project.run("build")
    assert refused.code == 2
    assert code == "configuration" or f" {code} " in refused.err
    proposed = re.search(said, refused.err)
    assert proposed is not None, refused.err
    change(project, proposed)
    if "vars(x)" in source:
        key(project, proposed)
    built = project.run("build")
    assert built.code == 0, built.err


def test_the_page_lists_them() -> None:
    listed = re.findall(r"^\| \[?(TW\d+|configuration)", PAGE.read_text("utf-8"), re.M)
    assert sorted(listed) == sorted(PROPOSALS)
