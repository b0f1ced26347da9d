"""Random programs: twingen's twin logs over the runtime what asyncio logs.

The programs are written by hypothesis as source text, so that converter and runtime are
tried together, on a clock that does not wait. The runtime behaves as asyncio of Python
3.13: that is what it is compared with.

`python test_turns_programs.py [--programs N] [--seed N]` compares many (10,000).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st

from support.program_runner import Unformatted, twin_of
from support.random_task_programs import AsyncioLoop, TurnsLoop, numbered
from twingen.runtime.turns import dynamic_calls, function_kinds, runners, tasks

MOST_BYTES = 4 << 30
"""What a long comparison may have: a loop that spins must not take all memory."""

HEAD = """\
import asyncio
import contextlib
import functools

LOG = []
tasks = []
lock = asyncio.Lock()
semaphore = asyncio.Semaphore(2)
event = asyncio.Event()
condition = asyncio.Condition()
queue = asyncio.Queue(2)
barrier = asyncio.Barrier(2)


def show(value):
    if isinstance(value, BaseExceptionGroup):
        return f"group({', '.join(map(show, value.exceptions))})"
    if isinstance(value, (ValueError, asyncio.CancelledError)):
        return f"{type(value).__name__}({', '.join(map(show, value.args))})"
    if isinstance(value, BaseException):
        return type(value).__name__
    return repr(value)


def note(*values):
    LOG.append(" ".join(map(show, values)))


def enter(name):
    note("enter", name)
    if len(LOG) > 300:
        raise OverflowError


def settle(future, value):
    if not future.done():
        future.set_result(value)


def logged(function):
    @functools.wraps(function)
    async def call(*args):
        try:
            return await function(*args)
        finally:
            note("left", function.__name__)

    return call


class Later:
    def __init__(self, function, value):
        self.function = function
        self.value = value

    def __await__(self):
        return self.function(self.value).__await__()


class Manager:
    def __init__(self, value):
        self.value = value

    async def __aenter__(self):
        await asyncio.sleep(0)
        return self.value

    async def __aexit__(self, kind, error, tb):
        note("exit", error)
        await asyncio.sleep(0)
        return isinstance(error, ValueError)


@contextlib.asynccontextmanager
async def managed(value):
    await asyncio.sleep(0)
    try:
        yield value
    finally:
        note("managed")
        await asyncio.sleep(0)


async def count(end):
    try:
        for each in range(end):
            sent = yield each
            if sent is not None:
                note("sent", sent)
            await asyncio.sleep(0)
    finally:
        note("counted")
        await asyncio.sleep(0)


async def leaf(value):
    await asyncio.sleep(0.001 * (value % 3))
    return value


def plain(value):
    note("plain", value)
    return leaf(value)
"""

TAIL = """

async def main():
    tasks.append(asyncio.create_task(f0(1)))
    tasks.append(asyncio.create_task(f0(2)))
    try:
        async with asyncio.timeout(0.05):
            note("result", await f0(0))
            await asyncio.wait(tasks)
    except Exception as error:
        note("raised", error)
    except asyncio.CancelledError as error:
        note("raised", error)
    for task in tasks:
        task.cancel()
    note("tasks", *await asyncio.gather(*tasks, return_exceptions=True))
"""

# In these `F` is a function of the program, `N` a number, `S` are seconds, `E` is an
# exception and `BODY` more statements. A generator that is left in a variable is closed
# when it is collected, whenever that is, so each is closed by who has it.
STATEMENTS = """\
note(N)

await asyncio.sleep(0)

await asyncio.sleep(S)

event.set()

event.clear()

note("event", await asyncio.wait_for(event.wait(), S))

async with lock:
    BODY

async with semaphore:
    BODY

async with condition:
    condition.notify(N)
    BODY

async with condition:
    condition.notify_all()
    BODY

async with condition:
    note("notified", await condition.wait())

note(await F(N))

held = F(N)
BODY
note(await held)

tasks.append(asyncio.create_task(F(N)))

tasks.append(asyncio.create_task(F(N), name="N"))
BODY

if tasks:
    note("cancel", tasks[N % len(tasks)].cancel())

if tasks:
    note("cancel", tasks[N % len(tasks)].cancel(N))

if tasks:
    note("joined", await tasks[N % len(tasks)])

note(*await asyncio.gather(F(N), F(N)))

note(*await asyncio.gather(F(N), F(N), return_exceptions=True))

note(*await asyncio.gather(*[F(each) for each in range(N)]))

try:
    BODY
except asyncio.CancelledError as error:
    note(error)
    raise

try:
    BODY
except asyncio.CancelledError as error:
    note(error)
    BODY

try:
    BODY
except Exception as error:
    note(error)

try:
    BODY
except (ValueError, TimeoutError) as error:
    note(error)
    BODY

try:
    BODY
finally:
    note("finally")
    BODY

raise ValueError(N)

return N

async with asyncio.timeout(S) as deadline:
    BODY
note(deadline.expired())

async with asyncio.timeout(S) as deadline:
    deadline.reschedule(None)
    BODY

async with asyncio.TaskGroup() as group:
    group.create_task(F(N))
    BODY

async with asyncio.TaskGroup() as group:
    tasks.append(group.create_task(F(N)))
    group.create_task(F(N))
    BODY

note(await asyncio.shield(F(N)))

note(await asyncio.wait_for(F(N), S))

note(await asyncio.wait_for(asyncio.shield(F(N)), S))

some = [asyncio.create_task(F(N)), asyncio.create_task(F(N))]
done, pending = await asyncio.wait(some, timeout=S, return_when=asyncio.WHEN)
note("wait", len(done), len(pending))
tasks.extend(some)

some = [asyncio.create_task(F(N)), asyncio.create_task(F(N))]
for each in asyncio.as_completed(some, timeout=S):
    note(await each)

some = [asyncio.create_task(F(N)), asyncio.create_task(F(N))]
async for each in asyncio.as_completed(some):
    note(each in some, await each)

asyncio.get_running_loop().call_soon(note, N)

asyncio.get_running_loop().call_later(S, note, N)

asyncio.get_running_loop().call_soon(lambda: tasks and tasks[-1].cancel())

future = asyncio.get_running_loop().create_future()
asyncio.get_running_loop().call_later(S, settle, future, N)
note(await future)

queue.put_nowait(N)

await queue.put(N)

note("got", await queue.get())

note("got", queue.get_nowait())

note("barrier", await barrier.wait())

note(asyncio.current_task().cancelling(), asyncio.current_task().uncancel())

asyncio.current_task().cancel(N)

asyncio.current_task().add_done_callback(lambda task: note(task.cancelled()))

note([await F(each) for each in range(N)])

note([each async for each in count(N)])

async for each in count(N):
    note(each)
    BODY

async for each in count(N):
    note(each)
    break

steps = count(N)
try:
    note(await steps.__anext__())
    note(await steps.asend(N))
    BODY
finally:
    await steps.aclose()

steps = count(N)
try:
    note(await anext(steps, None), await F(N))
finally:
    await steps.aclose()

note(await plain(N))

note(await (lambda value: F(value))(N))

note(await functools.partial(F, N)())

note(await {"F": F}["F"](N))

note(await (F(N) if tasks else F(N)))

note(await Later(F, N))

note(await asyncio.ensure_future(Later(F, N)))

async with Manager(N) as each:
    note(each)
    BODY

async with managed(N) as each:
    note(each)
    BODY

async with managed(N):
    raise E(N)

raise E(N)

try:
    BODY
except (StopAsyncIteration, StopIteration, RuntimeError) as error:
    note(error)
    BODY

async with contextlib.AsyncExitStack() as stack:
    note(await stack.enter_async_context(managed(N)))
    stack.push_async_callback(F, N)
    note(await stack.enter_async_context(Manager(N)))
    stack.push_async_callback(lambda: F(N))
    BODY

steps = count(N)
try:
    note(await anext(steps))
    note(await steps.athrow(E(N)))
finally:
    await steps.aclose()

async with contextlib.aclosing(count(N)) as steps:
    async for each in steps:
        BODY

steps = (await F(each) for each in range(N))
try:
    async for each in steps:
        note(each)
        BODY
finally:
    await steps.aclose()
""".strip().split("\n\n")
SECONDS = ("0", "0.001", "0.002", "0.0045")
ERRORS = ("ValueError", "KeyError", "StopAsyncIteration", "StopIteration")
WHENS = ("FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED")
MOST_STATEMENTS = 10
FUNCTIONS = 4
# How a function of the program is defined, with the name that others call it by.
FORMS = [
    ("async def NAME(value):", "NAME"),
    ("@logged\nasync def NAME(value):", "NAME"),
    ("@managed(3)\nasync def NAME(value):", "NAME"),
    ("class NAME_:\n    async def NAME(self, value):", "NAME_().NAME"),
    ("class NAME_:\n    @staticmethod\n    async def NAME(value):", "NAME_.NAME"),
    ("def NAME(value):\n    async def inner():", "NAME"),
]


class Program:
    """Writes a program, as a strategy draws it."""

    def __init__(self, draw: Callable[..., Any]) -> None:
        self.draw = draw
        self.left = 0
        self.callable: list[str] = []

    def text(self) -> str:
        """Return the program. Functions call those that come after them."""
        names = [f"f{number}" for number in range(FUNCTIONS)]
        forms = [FORMS[0], *(self.draw(st.sampled_from(FORMS)) for _ in names[1:])]
        both = list(zip(names, forms, strict=True))
        calls = [form.replace("NAME", name) for name, (_, form) in both]
        functions = []
        for number, (name, (head, _)) in enumerate(both):
            self.left = MOST_STATEMENTS
            self.callable = [*calls[number + 1 :], "leaf", "plain"]
            head = head.replace("NAME", name)
            last = head.splitlines()[-1]
            indent = " " * (len(last) - len(last.lstrip()) + 4)
            body = f'enter("{name}")\n{self.body(0)}'
            text = f"{head}\n{textwrap.indent(body, indent)}"
            if "inner" in head:
                text += "\n    return inner()"
            functions.append(text)
        return HEAD + "\n\n" + "\n\n\n".join(functions) + "\n" + TAIL

    def body(self, depth: int) -> str:
        """Return some statements."""
        if depth:
            number = self.draw(st.integers(1, 2))
            return "\n".join(self.statement(depth) for _ in range(number))
        number = self.draw(st.integers(3, 6))
        return "\n".join(self.caught(self.statement(0)) for _ in range(number))

    def caught(self, statement: str) -> str:
        """Return a statement after which a function goes on, most often."""
        if self.draw(st.integers(0, 3)) == 0:
            return statement
        body = textwrap.indent(statement, "    ")
        return f"try:\n{body}\nexcept Exception as error:\n    note(error)"

    def statement(self, depth: int) -> str:
        """Return a statement."""
        self.left -= 1
        text: str = self.draw(st.sampled_from(STATEMENTS))
        if self.left < 0 or (depth > 2 and "BODY" in text):
            return "note(1)"
        lines = []
        for line in text.splitlines():
            if line.strip() == "BODY":
                body = self.body(depth + 1)
                lines.append(textwrap.indent(body, line.partition("BODY")[0]))
            else:
                lines.append(self.filled(line))
        return "\n".join(lines)

    def filled(self, line: str) -> str:
        """Return a line of a statement with its names and numbers."""
        parts = {
            "F": self.callable,
            "N": ["0", "1", "2", "3"],
            "S": SECONDS,
            "E": ERRORS,
            "WHEN": WHENS,
        }
        words = [
            self.draw(st.sampled_from(parts[each])) if each in parts else each
            for each in _words(line)
        ]
        return "".join(words)


def _words(line: str) -> Iterator[str]:
    word = ""
    for each in line:
        if each.isidentifier() == word.isidentifier():
            word += each
        else:
            yield word
            word = each
    yield word


@st.composite
def programs(draw: Callable[..., Any]) -> str:
    """Return the text of a program."""
    return Program(draw).text()


def asyncio_log(text: str) -> list[str]:
    """Run a program by asyncio; return its log."""
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(text, "<source>", "exec"), names)

    def loop() -> Any:
        made = AsyncioLoop()
        _note_end(made, names["LOG"])
        made.set_task_factory(numbered(asyncio.tasks._PyTask))  # type: ignore[attr-defined]
        made.set_exception_handler(_nothing)
        return made

    with suppress(RuntimeError), asyncio.Runner(loop_factory=loop) as runner:
        _run(lambda: runner.run(names["main"]()), names["LOG"])
    return _until_end(names["LOG"])


def twin_log(text: str) -> list[str]:
    """Convert a program and run its twin; return its log."""
    twin = twin_of(text, Unformatted, "turns")
    names: dict[str, Any] = {"__name__": "program"}
    before = dict(function_kinds._marks)
    exec(compile(twin, "<twin>", "exec"), names)

    def loop() -> Any:
        made = TurnsLoop()
        _note_end(made, names["LOG"])
        made.set_task_factory(numbered(tasks.Task))
        made.set_exception_handler(_nothing)
        return made

    with suppress(RuntimeError), runners.Runner(loop_factory=loop) as runner:
        _run(lambda: runner.run(dynamic_calls.later(names["main"])), names["LOG"])
    for key in function_kinds._marks.keys() - before.keys():
        del function_kinds._marks[key]
    return _until_end(names["LOG"])


def _run(main: Callable[[], object], log: list[str]) -> None:
    """Run a program; its log tells the error that ends it."""
    try:
        main()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # CancelledError of one form or the other, too
        log.append(f"ends by {type(error).__name__}")


END = "waits for what never happens"
CLOSED = "the loop is closed"


def _note_end(loop: Any, log: list[str]) -> None:
    """Let the log tell when nothing is left that the program could wait for.

    What tasks do that are still there when the loop is closed is no part of the log:
    they end at once here, and with asyncio when they are collected.
    """
    select, close = loop.clock.select, loop.close

    def selected(timeout: float | None = None) -> list[Any]:
        if timeout is None:
            log.append(END)
        return select(timeout)  # type: ignore[no-any-return]

    def closed() -> None:
        log.append(CLOSED)
        close()

    loop.clock.select, loop.close = selected, closed


def _until_end(log: list[str]) -> list[str]:
    """Return a log as far as the program went by itself."""
    ends = [log.index(each) for each in (END, CLOSED) if each in log]
    return log[: min(ends) + 1] if ends else list(log)


def _nothing(loop: object, context: object) -> None:
    pass


@contextmanager
def quiet() -> Iterator[None]:
    """Say nothing of coroutines and tasks that the programs leave behind."""
    hook = sys.unraisablehook
    sys.unraisablehook = lambda raised: None
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
        sys.unraisablehook = hook


def compare(text: str) -> None:
    """Fail when the logs of both forms are not the same."""
    with quiet():
        expected, got = asyncio_log(text), twin_log(text)
    assert got == expected, text


ONLY_3_13 = pytest.mark.skipif(
    sys.version_info[:2] != (3, 13),
    reason="asyncio of other versions logs otherwise: the runtime is as that of 3.13",
)
PROFILE = settings(
    deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module", autouse=True)
def _collected() -> Iterator[None]:
    """Let coroutines that were never awaited be collected where nobody is told."""
    yield
    with quiet():
        gc.collect()


@ONLY_3_13
@pytest.mark.filterwarnings("ignore")
@settings(PROFILE, max_examples=40, derandomize=True)
@given(programs())
def test_twin_logs_what_asyncio_logs(text: str) -> None:
    compare(text)


def main() -> None:
    """Compare many programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    try:
        import resource
    except ImportError:  # Windows
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    warnings.simplefilter("ignore")
    phases = [Phase.generate, Phase.shrink]
    many = settings(PROFILE, max_examples=options.programs, phases=phases)
    seed(options.seed)(many(given(programs())(compare)))()
    print(f"{options.programs} programs, the same log of each")


if __name__ == "__main__":
    main()
