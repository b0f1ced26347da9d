"""State that tasks share without a lock is named where tasks become threads."""

from __future__ import annotations

import json
import textwrap

import pytest

from support.sample_project import Project
from twingen.analysis.definition_reader import define
from twingen.analysis.symbols.definitions import Definitions
from twingen.analysis.tasks.shared_state import shared_state
from twingen.conversion.convert import parse
from twingen.syntax.source import Source

HEAD = "import asyncio\nimport threading\nfrom collections import deque\n\n"
MANY = """    async def main(self):
        await asyncio.gather(*[self.work() for _ in x])
"""


def found(code: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return what is said to be shared in a module, and by whom."""
    definitions = Definitions()
    names = parse(Source(code, module="m"), definitions)
    define(definitions, names)
    return [(each.name, each.functions) for each in shared_state(names)]


def of_class(body: str, attributes: str = "self.n = 0") -> str:
    """Return a class whose `work()` is what several tasks run."""
    start = f"    def __init__(self):\n{textwrap.indent(attributes, ' ' * 8)}\n"
    work = f"    async def work(self):\n{textwrap.indent(body, ' ' * 8)}\n"
    return f"{HEAD}ONE = object()\n\n\nclass A:\n{start}\n{work}\n{MANY}"


NAMED = {
    "added to": ("self.n += 1", "self.n = 0", "self.n"),
    "assigned from itself": ("self.n = self.n + 1", "self.n = 0", "self.n"),
    "kept across an await": (
        "n = self.n\nawait asyncio.sleep(0)\nself.n = n + 1",
        "self.n = 0",
        "self.n",
    ),
    "made when it is missing": (
        "if self.n is None:\n    self.n = await asyncio.sleep(0, 1)",
        "self.n = None",
        "self.n",
    ),
    "a flag that is asked for": (
        "if not self.begun:\n    self.begun = True\n    print()",
        "self.begun = False",
        "self.begun",
    ),
    "a cache": (
        "if 1 not in self.cache:\n    self.cache[1] = await asyncio.sleep(0, 1)",
        "self.cache = {}",
        "self.cache",
    ),
    "a collection that is emptied": (
        "while self.jobs:\n    job = self.jobs.popleft()\n    await asyncio.sleep(job)",
        "self.jobs = deque([1])",
        "self.jobs",
    ),
    "a number in a dict": ("self.d['x'] += 1", "self.d = {}", "self.d"),
    "a removed key": (
        "if 1 in self.d:\n    del self.d[1]",
        "self.d = {}",
        "self.d",
    ),
    "a lock for more than one": (
        "async with self.some:\n    self.n += 1",
        "self.n = 0\nself.some = asyncio.Semaphore(3)",
        "self.n",
    ),
    "a block that is no lock": (
        "async with asyncio.timeout(1):\n    self.n += 1",
        "self.n = 0",
        "self.n",
    ),
    "a lock that was released": (
        "async with self.lock:\n    n = self.n\nself.n += 1",
        "self.n = 0\nself.lock = asyncio.Lock()",
        "self.n",
    ),
    "in a method that it calls": ("await self.bump()", "self.n = 0", "self.n"),
}
NAMED["an attribute of a class"] = "A.n += 1", "self.n = 0", "A.n"
NAMED["an attribute of a global object"] = "ONE.n += 1", "self.n = 0", "ONE.n"
BUMP = "\n    async def bump(self):\n        self.n += 1\n"


@pytest.mark.parametrize(("body", "attributes", "name"), NAMED.values(), ids=NAMED)
def test_shared_attribute_is_named(body: str, attributes: str, name: str) -> None:
    code = of_class(body, attributes) + (BUMP if "bump" in body else "")
    assert [each for each, _ in found(code)] == [name]


QUIET = {
    "with a lock": (
        "async with self.lock:\n    self.n += 1",
        "self.n = 0\nself.lock = asyncio.Lock()",
    ),
    "with a condition": (
        "async with self.cond:\n    self.n += 1",
        "self.n = 0\nself.cond = asyncio.Condition()",
    ),
    "with a semaphore of one": (
        "async with self.one:\n    self.n += 1",
        "self.n = 0\nself.one = asyncio.Semaphore(1)",
    ),
    "with a lock of threads": (
        "with self.lock:\n    self.n += 1",
        "self.n = 0\nself.lock = threading.Lock()",
    ),
    "between acquire and release": (
        """await self.lock.acquire()
try:
    self.n += 1
finally:
    self.lock.release()""",
        "self.n = 0\nself.lock = asyncio.Lock()",
    ),
    "in a method that is called with a lock": (
        "async with self.lock:\n    await self.bump()",
        "self.n = 0\nself.lock = asyncio.Lock()",
    ),
    "what may be a lock": (
        "async with self.session:\n    self.n += 1",
        "self.n = 0\nself.session = made()",
    ),
    "a constant": ("self.closed = True", "self.closed = False"),
    "a loop that is told to end": (
        "while self.on:\n    await asyncio.sleep(0)\nself.on = False",
        "self.on = True",
    ),
    "one step of a collection": ("self.d[1] = 2", "self.d = {}"),
    "what only grows": ("self.seen.append(1)", "self.seen = []"),
    "what is only read": ("print(self.n)", "self.n = 0"),
    "a local variable": ("n = 0\nn += 1", "self.n = 0"),
    "a queue": ("await self.q.put(await self.q.get())", "self.q = asyncio.Queue()"),
    "an event": ("if self.e.is_set():\n    self.e.clear()", "self.e = asyncio.Event()"),
}


@pytest.mark.parametrize(("body", "attributes"), QUIET.values(), ids=QUIET)
def test_nothing_is_said_where_nothing_is_shared(body: str, attributes: str) -> None:
    assert found(of_class(body, attributes) + BUMP) == []


STARTS = {
    "gather of a comprehension": "await asyncio.gather(*[work(x) for x in xs])",
    "gather of a map": "await asyncio.gather(*map(work, xs))",
    "gather of two": "await asyncio.gather(work(1), work(2))",
    "tasks of a loop": "for x in xs:\n    asyncio.create_task(work(x))",
    "tasks in a list": "tasks = [asyncio.create_task(work(x)) for x in xs]",
    "a task group": "async with asyncio.TaskGroup() as tg:\n    for x in xs:\n"
    "        tg.create_task(work(x))",
    "coroutines in a list": "made = [work(x) for x in xs]\nawait asyncio.gather(*made)",
    "appended tasks": """ts = []
for x in xs:
    ts.append(asyncio.create_task(work(x)))""",
    "completed": "for each in asyncio.as_completed([work(x) for x in xs]):\n"
    "    await each",
    "a server": "await asyncio.start_server(work, 'localhost', 1)",
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_every_way_to_start_a_task_is_seen(start: str) -> None:
    work = "n = 0\nd = {}\n\n\nasync def work(x, y=None):\n    global n\n    n += 1\n"
    code = f"{HEAD}{work}\n\nasync def main(xs):\n{textwrap.indent(start, ' ' * 4)}\n"
    assert found(code) == [("n", ("work",))]
    inner = textwrap.indent(
        f"n = 0\nasync def work(x, y=None):\n    nonlocal n\n    n += 1\n{start}",
        "    ",
    )
    assert found(f"{HEAD}async def main(xs):\n{inner}\n") == [("n", ("work",))]


ONE_TASK = {
    "kept": "self.task = asyncio.create_task(self.work())",
    "in a loop that ends": "while True:\n"
    "            self.task = asyncio.create_task(self.work())\n            break",
    "no task": "await self.work()",
}


@pytest.mark.parametrize("start", ONE_TASK.values(), ids=ONE_TASK)
def test_one_task_shares_nothing(start: str) -> None:
    code = of_class("self.n += 1").replace(MANY, "")
    assert found(f"{code}    async def main(self):\n        {start}\n") == []


def test_one_task_and_who_is_no_task() -> None:
    code = of_class("self.n += 1").replace(MANY, "") + (
        "    async def main(self):\n"
        "        self.task = asyncio.create_task(self.work())\n\n"
        "    async def call(self):\n        self.n += 1\n"
    )
    assert found(code) == [("self.n", ("work", "call"))]


def test_objects_of_their_own_share_nothing() -> None:
    code = of_class("self.n += 1").replace(MANY, "")
    gather = "    await asyncio.gather(*[{} for a in all])\n"
    main = f"{code}\nasync def main(all: list[A], one: A):\n{gather}"
    assert found(main.format("A().work()")) == []
    assert found(main.format("a.work()")) == []
    assert found(main.format("one.work()")) == [("self.n", ("work",))]


def test_two_functions_write() -> None:
    code = of_class("self.last = await asyncio.sleep(0, 1)").replace(MANY, "") + (
        "    async def other(self):\n        self.last = await asyncio.sleep(0, 2)\n\n"
        "    async def main(self):\n"
        "        await asyncio.gather(self.work(), self.other())\n"
    )
    assert found(code) == [("self.last", ("work", "other"))]
    grown = code.replace("last = await asyncio", "seen.append(await asyncio")
    grown = grown.replace("sleep(0, 1)", "sleep(0, 1))").replace("(0, 2)", "(0, 2))")
    assert found(grown.replace("self.n = 0", "self.seen = []")) == []


def test_bases_are_followed() -> None:
    code = (
        f"{HEAD}class Base:\n    def bump(self):\n        self.n += 1\n\n\n"
        "class A(Base):\n    def bump(self):\n        super().bump()\n\n"
        f"    async def work(self):\n        self.bump()\n\n{MANY}"
    )
    assert found(code) == [("self.n", ("bump",))]


PARTS = {
    "src/pkg/counter.py": "class Counter:\n    def __init__(self) -> None:\n"
    "        self.n = 0\n\n    async def count(self) -> None:\n        self.n += 1\n",
    "src/pkg/main.py": "import asyncio\n\nfrom pkg.counter import Counter\n\n\n"
    "async def main() -> None:\n    counter = Counter()\n"
    "    await asyncio.gather(*[counter.count() for _ in range(3)])\n",
}


def test_build_names_it_and_writes(project: Project) -> None:
    for name, text in PARTS.items():
        project.write(name, text)
    first = project.run("build")
    assert first.code == 0
    assert (
        "src/pkg/counter.py:6:9: warning: TW017 shared: self.n of Counter is read and "
        "written by count() in several tasks without a lock"
    ) in first.err
    assert "asyncio.Lock" in first.err
    again = project.run("build")
    assert (again.code, again.err) == (0, first.err)
    assert project.run("check").err == first.err
    report = json.loads(project.run("build", "--output-format", "json").out)
    assert [each["code"] for each in report["warnings"]] == ["TW017"]
    assert report["findings"] == []
    annotations = project.run("build", "--output-format", "github").out
    assert annotations.startswith("::warning file=src/pkg/counter.py,line=6")
    sarif = json.loads(project.run("build", "--output-format", "sarif").out)
    assert [r["level"] for r in sarif["runs"][0]["results"]] == ["warning"]


def test_turns_need_no_lock(project: Project) -> None:
    for name, text in PARTS.items():
        project.write(name, text)
    project.replace("pyproject.toml", 'tasks = "threads"', 'tasks = "turns"')
    run = project.run("build")
    assert (run.code, run.err) == (0, "")
