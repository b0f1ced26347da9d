"""`twingen adopt`: what really differs between a hand-written twin and ours."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest

from support.sample_project import Project
from twingen.adoption.module_parts import units_of

SOURCE = '''"""A client."""

import asyncio
import os
from typing import Any, overload

LIMIT = 3


class AsyncClient:
    """Gets things."""

    retries: int = 3

    @property
    def name(self) -> str:
        return "x"

    @name.setter
    def name(self, value: str) -> None:
        pass

    async def get(self, url: str, *, timeout: float = 1) -> Any:
        """Get it."""
        first, second = url, os.sep
        await asyncio.sleep(1)
        return first, second


async def main() -> None:
    await AsyncClient().get("x")
'''
WRITTEN = """# written by hand
import os, time
from typing import overload
from typing import (
    Any,
)


async_is_gone = None; LIMIT = (3)


def main() -> None:  # the order of definitions is no difference
    Client().get('x')


class Client:

    retries: int = 3

    @property
    def name(self) -> str:
        # why
        return ("x")

    @name.setter
    def name(self, value: str) -> None: ...

    def get(
        self,
        url: str,
        *,
        timeout: float = 1,
    ) -> Any:
        \'Other words.\'
        (first, second) = url, \\
            os.sep

        time.sleep(1)
        return (first,
                second)
""".replace("async_is_gone = None; ", "")
TARGET = "out/pkg_sync/client.py"


@pytest.fixture
def hand(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with another client, and its twin written by hand elsewhere.

    The commands run in its folder, because paths are looked up there first.
    """
    monkeypatch.chdir(project.root)
    project.write("src/pkg/client.py", SOURCE)
    project.write("hand/client.py", WRITTEN)
    return project


def compared(project: Project, *arguments: str) -> dict[str, Any]:
    """Return what is said of one module as a machine reads it; nothing is written."""
    before = project.snapshot()
    run = project.run("adopt", *arguments, "--output-format", "json")
    assert project.snapshot() == before
    assert run.err == ""
    report = json.loads(run.out)
    assert report["exit_code"] == run.code
    (module,) = (each for each in report["modules"] if "client" in each["path"])
    assert run.code == (module["status"] != "same") or len(report["modules"]) > 1
    return dict(module)


def differing(module: dict[str, Any]) -> dict[str, str]:
    return {
        unit["name"]: unit["status"]
        for unit in module["units"]
        if unit["status"] != "same"
    }


def test_layout_is_no_difference(hand: Project) -> None:
    module = compared(hand, str(hand.root / "hand/client.py"))
    assert (module["path"], module["source"]) == ("hand/client.py", "src/pkg/client.py")
    assert differing(module) == {}
    names = [(unit["kind"], unit["name"], unit["line"]) for unit in module["units"]]
    assert names == [
        ("imports", "(imports)", 2),
        ("assignment", "LIMIT", 9),
        ("function", "main", 12),
        ("class", "Client", 16),
        ("assignment", "Client.retries", 18),
        ("function", "Client.name", 21),
        ("function", "Client.name (2)", 26),
        ("function", "Client.get", 28),
    ]
    run = hand.run("adopt", "hand/client.py")
    assert (run.code, run.err) == (0, "")
    assert run.out == (
        "1 module: 1 same; their parts: 8 same, 0 differs, 0 only hand-written, 0 only "
        "generated\n"
    )


def test_docstrings_count_where_asked(hand: Project) -> None:
    module = compared(hand, "hand/client.py", "--docstrings")
    assert differing(module) == {
        "Client.get": "differs",
        "(docstring)": "only generated",
        "Client.(docstring)": "only generated",
    }


CHANGES = {
    "a value": ("LIMIT = (3)", "LIMIT = 4", {"LIMIT": "differs"}),
    "an import": ("import os, time", "import os, time, re", {"(imports)": "differs"}),
    "a default": ("float = 1", "float = 2", {"Client.get": "differs"}),
    "a decorator": ("@property\n", "@final\n", {"Client.name": "differs"}),
    "a base": ("class Client:", "class Client(Base):", {"Client": "differs"}),
    "a call": ("time.sleep(1)", "time.sleep(1 + 0)", {"Client.get": "differs"}),
    "an operator": ("url, \\", "-url, \\", {"Client.get": "differs"}),
    "parentheses that mean something": (
        "(first, second) = url",
        "first, second = ((url),)",
        {"Client.get": "differs"},
    ),
    "a word in a string": ("get('x')", "get('X')", {"main": "differs"}),
    "a name": (
        "def main",
        "def run",
        {"run": "only hand-written", "main": "only generated"},
    ),
    "a statement": (
        "class Client:",
        "print(LIMIT)\n\n\nclass Client:",
        {"(statements)": "only hand-written"},
    ),
    "an overload": (
        "class Client:",
        "@overload\ndef main(x: int) -> None: ...\n\n\nclass Client:",
        {"main (2)": "only hand-written"},
    ),
    "a method that is in the way": (
        "    retries: int = 3\n",
        "    retries: int = 3\n    def close(self) -> None: pass\n",
        {"Client.close": "only hand-written"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_real_differences(hand: Project, what: str) -> None:
    old, new, expected = CHANGES[what]
    hand.replace("hand/client.py", old, new)
    module = compared(hand, "hand/client.py")
    assert module["status"] == "differs"
    assert differing(module) == expected


def test_what_people_read(hand: Project) -> None:
    hand.replace("hand/client.py", "time.sleep(1)", "time.sleep(2)  # longer")
    hand.append("hand/client.py", "\n\ndef more() -> None: ...\n")
    run = hand.run("adopt", "hand/client.py")
    assert (run.code, run.err) == (1, "")
    assert run.out == (
        "hand/client.py: 2 of 9 differ; the same are imports, 2 assignments, "
        "3 functions, 1 class (from src/pkg/client.py)\n"
        "hand/client.py:28: function Client.get: differs\n"
        "    --- hand-written\n"
        "    +++ generated\n"
        "    @@ -1,4 +1,4 @@\n"
        "     def get(self, url: str, *, timeout: float = 1) -> Any:\n"
        "         first, second = (url, os.sep)\n"
        "    -    time.sleep(2)\n"
        "    +    time.sleep(1)\n"
        "         return (first, second)\n"
        "hand/client.py:43: function more: only hand-written\n"
        "1 module: 1 differs; their parts: 7 same, 1 differs, 1 only hand-written, "
        "0 only generated\n"
    )
    assert "1 module" not in hand.run("adopt", "hand/client.py", "--quiet").out


def test_folder(hand: Project) -> None:
    hand.write("hand/extra.py", "")
    run = hand.run("adopt", "hand")
    assert run.code == 1
    assert "hand/extra.py: only hand-written\n" in run.out
    assert "hand/errors.py: only generated (from src/pkg/errors.py)\n" in run.out
    assert "client.py" not in run.out


def test_configured_targets_before_any_build(hand: Project) -> None:
    for path in (hand.root / "out").rglob("*.py"):
        path.unlink()
    hand.write(TARGET, WRITTEN.replace("time.sleep(1)", "time.sleep(2)"))
    module = compared(hand)
    assert (module["path"], differing(module)) == (TARGET, {"Client.get": "differs"})


def test_twin_that_twingen_wrote(project: Project) -> None:
    run = project.run("adopt", "--docstrings")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("5 modules: 5 same; their parts: ")


def test_syntax_newer_than_this_python(project: Project) -> None:
    newer = (
        "type Pair[T] = tuple[T, T]\n\n\n"
        "def f[T](x: T) -> T:\n    try:\n        return f'{x!r:{'a'}}'\n"
        "    except* ValueError:\n        pass\n"
    )
    project.write("src/pkg/client.py", newer)
    project.write("src/pkg/sub/deep.py", "")
    project.replace("pyproject.toml", '[tool.twingen.renames]\n"Async*" = "*"\n', "")
    project.write("src/pkg/__init__.py", "")
    project.write("hand/client.py", newer.replace("\n\n\n", "\n").replace("x!r", "x!s"))
    assert differing(compared(project, "hand/client.py")) == {"f": "differs"}


FAILURES = {
    "nothing is there": (["nowhere"], "nowhere does not exist"),
    "no twin is there": (["docs"], "there is no hand-written twin in"),
    "a name that two sources have": (
        ["hand/__init__.py"],
        "may be the twin of 2 sources; say which one: --source PATH",
    ),
    "a name that no source has": (["hand/extra.py"], "may be the twin of 0 sources"),
    "does not parse": (["hand/errors.py"], "hand/errors.py:1:7: TW001 syntax: "),
    "is not UTF-8": (["hand/deep.py"], "hand/deep.py:1:1: TW003 encoding: "),
}


@pytest.mark.parametrize("what", FAILURES)
def test_failures(hand: Project, what: str) -> None:
    arguments, said = FAILURES[what]
    hand.write("docs/notes.txt", "")
    hand.write("hand/__init__.py", "")
    hand.write("hand/extra.py", "")
    hand.write("hand/errors.py", "def f(:\n")
    (hand.root / "hand/deep.py").write_bytes(b"x = '\xe9'\n")
    run = hand.run("adopt", *arguments)
    assert (run.code, run.out) == (2, "")
    assert said in run.err


def test_source_says_which(hand: Project) -> None:
    hand.write("hand/__init__.py", "from .client import Client as Client\n")
    arguments = ("adopt", "hand/__init__.py", "--source")
    assert hand.run(*arguments, "src/pkg/__init__.py").code == 0
    assert hand.run(*arguments, "src/pkg/sub/__init__.py").code == 1


def test_folder_of_several_trees(hand: Project) -> None:
    hand.write("src/other/client.py", SOURCE)
    hand.replace(
        "pyproject.toml",
        "trees = [",
        'trees = [{ source = "src/other", target = "o" },',
    )
    run = hand.run("adopt", "hand")
    assert run.code == 2
    assert (
        "may be the twin of several source folders; say which one: --source" in run.err
    )
    run = hand.run("adopt", "hand", "--source", "src/other")
    assert (run.code, run.out[:14]) == (0, "1 module: 1 sa")


def test_what_converts_is_compared(hand: Project) -> None:
    """Other sources may be refused: their twins are no difference, and wait."""
    hand.write("src/pkg/sub/deep.py", "async def f(x):\n    await x\n")
    hand.replace("hand/client.py", "time.sleep(1)", "time.sleep(2)")
    hand.write("hand/sub/deep.py", "def f(x):\n    x\n")
    hand.write("hand/extra.py", "")
    run = hand.run("adopt", "hand")
    assert run.code == 2
    assert "hand/client.py:28: function Client.get: differs\n" in run.out
    assert "hand/sub/deep.py: refused (from src/pkg/sub/deep.py)\n" in run.out
    assert "hand/extra.py: only hand-written\n" in run.out
    assert run.out.splitlines()[-1].startswith("6 modules: 1 differs, ")
    assert run.err.startswith("src/pkg/sub/deep.py:2:5: TW102 awaited_value: ")
    assert run.err.endswith("twingen: refused at 1 place\n")
    report = json.loads(hand.run("adopt", "hand", "--output-format", "json").out)
    assert [each["path"] for each in report["findings"]] == ["src/pkg/sub/deep.py"]
    statuses = {each["path"]: each["status"] for each in report["modules"]}
    assert statuses["hand/sub/deep.py"] == "refused"
    assert statuses["hand/client.py"] == "differs"
    # One file that converts is not told of the others.
    run = hand.run("adopt", "hand/client.py")
    assert (run.code, run.err) == (1, "")


def test_a_source_that_cannot_be_read(hand: Project) -> None:
    hand.write("src/pkg/sub/deep.py", "def f(:\n")
    hand.replace("hand/client.py", "time.sleep(1)", "time.sleep(2)")
    for _ in range(2):  # the second time from the cache
        run = hand.run("adopt", "hand")
        assert run.code == 2
        assert "hand/client.py:28: function Client.get: differs\n" in run.out
        assert "src/pkg/sub/deep.py:1:7: TW001 syntax: " in run.err


REDUNDANT = [
    ("(a * b) + c", "a * b + c"),
    ("not(a)", "not a"),
    ("((a)).b", "a.b"),
    ("f((x for x in y))", "f(x for x in y)"),
    ("[(a), (b if c else d)]", "[a, b if c else d]"),
    ("(a and b) or (c)", "a and b or c"),
    ("-(a ** b)", "-a ** b"),
    ("(a).b[(c):(d)]", "a.b[c:d]"),
    ("(\n    a\n    + b\n)", "a + b"),
    ("{(a): (b), **(c)}", "{a: b, **c}"),
    ("f(*(a or b), k=(c))", "f(*a or b, k=c)"),
    ("('a' 'b').join(c)", "'a' 'b'.join(c)"),
    ("a if(b)else(c)", "a if b else c"),
    ("(a, b)", "a, b"),
    ("[(x) for x in (a or b) if (x)]", "[x for x in a or b if x]"),
]
NEEDED = [
    ("(a + b) * c", "a + b * c"),
    ("(a < b) < c", "a < b < c"),
    ("(-a) ** b", "-a ** b"),
    ("a - (b - c)", "a - b - c"),
    ("(a if b else c) if d else e", "a if b else c if d else e"),
    ("(lambda: a)()", "lambda: a()"),
    ("not (a) in b", "(not a) in b"),
    ("f((a, b))", "f(a, b)"),
    ("(a or b) and c", "a or b and c"),
    ("(a)(b)", "(a, b)"),
]


@pytest.mark.parametrize(("one", "other"), [*REDUNDANT, *NEEDED])
def test_parentheses(one: str, other: str) -> None:
    """Those that hold nothing together are no difference; others are."""

    def unit(expression: str) -> str:
        text = f"def f():\n    if ({expression}):\n        return ({expression})\n"
        return units_of(text, "a.py", docstrings=False)["f"].text

    assert (unit(one) == unit(other)) == ((one, other) in REDUNDANT)
    for expression in (one, other):  # and nothing means anything else without them
        alone = ast.parse(f"({expression})", mode="eval").body
        (found,) = ast.parse(unit(expression)).body
        assert ast.dump(found).count(ast.dump(alone)) == 2
