"""Every public name of the libraries that twingen knows has a verdict that holds."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import pkgutil
import re
import subprocess
import sys
import types
import typing
import unittest
import unittest.mock
from collections import abc
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from twingen.analysis.symbols.async_protocols import DUNDERS
from twingen.analysis.symbols.library_tables import Verdict, built_in_libraries
from twingen.rules import RULES
from twingen.runtime import processes

LIBRARIES = built_in_libraries()
ROWS = LIBRARIES.rows

# Names of asyncio that the closing row of its table refuses, and why that is
# enough: they are the event loop's own machinery, which the twin has no use for.
MACHINERY = {
    # loops, policies and how to get another one
    "AbstractEventLoopPolicy", "BaseEventLoop", "DefaultEventLoopPolicy",
    "EventLoop", "Handle", "SelectorEventLoop", "get_event_loop_policy",
    "new_event_loop", "set_event_loop", "set_event_loop_policy",
    "_get_running_loop", "_set_running_loop",
    # child processes of a policy
    "AbstractChildWatcher", "FastChildWatcher", "MultiLoopChildWatcher",
    "PidfdChildWatcher", "SafeChildWatcher", "ThreadedChildWatcher",
    "get_child_watcher", "set_child_watcher",
    # transports and protocols
    "BaseProtocol", "BaseTransport", "BufferedProtocol", "DatagramProtocol",
    "DatagramTransport", "Protocol", "ReadTransport", "SendfileNotAvailableError",
    "StreamReaderProtocol", "SubprocessProtocol", "SubprocessTransport", "Transport",
    "WriteTransport",
    # task factories and registries of debuggers
    "_enter_task", "_leave_task", "_register_task", "_unregister_task",
    "create_eager_task_factory", "eager_task_factory",
    "FrameCallGraphEntry", "FutureCallGraph", "capture_call_graph",
    "format_call_graph", "future_add_to_awaited_by",
    "future_discard_from_awaited_by", "print_call_graph",
    # deprecated, or the same as another name
    "coroutine",
}  # fmt: skip


def test_every_name_of_asyncio_has_a_row_or_is_machinery() -> None:
    listed = {name.partition(".")[2] for name in ROWS if name.startswith("asyncio.")}
    assert set(asyncio.__all__) - listed - MACHINERY == set()


def test_machinery_is_refused_by_the_closing_row() -> None:
    assert all(f"asyncio.{name}" not in ROWS for name in MACHINERY)
    verdict = LIBRARIES.verdict("asyncio.SelectorEventLoop")
    assert verdict is not None
    assert verdict.refuse


@pytest.mark.skipif(sys.version_info < (3, 12), reason="asyncio lacks some names")
def test_every_row_of_asyncio_is_a_name_of_asyncio() -> None:
    newer = {"QueueShutDown"} if sys.version_info < (3, 13) else set()
    rows = {
        name.rpartition(".")
        for name in ROWS
        if name.startswith(("asyncio.", "asyncio"))
    }
    homes = {"asyncio": asyncio, "asyncio.subprocess": asyncio.subprocess}
    unknown = {
        last
        for owner, _, last in rows
        if owner in homes and not hasattr(homes[owner], last)
    }
    assert unknown - newer - {"*"} == set()


# What Python 3.14 has, which need not be installed: its documentation lists them.
NEW_IN_3_14 = {
    "FrameCallGraphEntry", "FutureCallGraph", "capture_call_graph",
    "format_call_graph", "future_add_to_awaited_by",
    "future_discard_from_awaited_by", "print_call_graph",
}  # fmt: skip


def test_newer_names_of_asyncio_have_verdicts() -> None:
    for name in NEW_IN_3_14 | {"EventLoop", "QueueShutDown", "eager_task_factory"}:
        assert LIBRARIES.verdict(f"asyncio.{name}") is not None


_ASYNCHRONOUS = re.compile(
    r"async|\bawait|\bcoroutine|\ba(iter|next|enter|exit)\b", re.IGNORECASE
)
_PROTOCOL = {"__aenter__", "__aexit__", "__aiter__", "__anext__", "__await__"}


def about_coroutines(name: str, value: object) -> bool:
    """Return whether a public name has anything to do with asynchronous code.

    Its name says so, its documentation, its protocols or its methods.
    """
    documented = isinstance(value, (type, types.FunctionType))
    text = getattr(value, "__doc__", "") if documented else ""
    members = dir(value) if documented else ()
    return (
        _ASYNCHRONOUS.search(f"{name} {text}") is not None
        or not _PROTOCOL.isdisjoint(dir(value))
        or any(inspect.iscoroutinefunction(getattr(value, m, None)) for m in members)
    )


@pytest.mark.parametrize(
    "module",
    [contextlib, abc, typing, inspect, types, unittest, unittest.mock],
    ids=lambda module: module.__name__,
)
def test_every_public_name_has_a_row_or_is_sync(module: ModuleType) -> None:
    public = getattr(module, "__all__", None) or vars(module)
    names = [
        name
        for name in public
        if not name.startswith("_")
        and not isinstance(getattr(module, name), ModuleType)
    ]
    asynchronous = {n for n in names if about_coroutines(n, getattr(module, n))}
    assert asynchronous, "the module has something asynchronous"
    assert {n for n in asynchronous if f"{module.__name__}.{n}" not in ROWS} == set()


# Libraries that are not needed to run twingen; their rows are tested where they are.
OTHERS = {
    "aiosqlite", "elastic_transport", "gridfs", "httpcore", "httpcore2", "httpx",
    "httpx2", "motor", "opensearchpy", "psycopg", "psycopg_pool", "pymongo", "redis",
    "sniffio", "sqlalchemy", "websockets",
}  # fmt: skip
MIRRORS = [
    ("anyio", "CapacityLimiter Condition Event Lock current_time run sleep"),
    ("elastic_transport", ""),
    ("gridfs", ""),
    ("httpcore", "AnyIOBackend TrioBackend"),
    ("httpcore2", "AnyIOBackend TrioBackend"),
    ("httpx", ""),
    ("httpx2", ""),
    ("motor.motor_asyncio", ""),
    ("opensearchpy", "AIOHttpConnection AWSV4SignerAsyncAuth"),
    ("opensearchpy.helpers", ""),
    ("psycopg", ""),
    ("psycopg_pool", ""),
    ("pymongo", ""),
    ("redis.asyncio", ""),
    ("sqlalchemy.ext.asyncio", ""),
    ("websockets.asyncio.client", "ClientConnection connect unix_connect"),
]


@pytest.mark.parametrize(("library", "names"), MIRRORS)
def test_asynchronous_names_of_third_parties_have_rows(
    library: str, names: str
) -> None:
    module = pytest.importorskip(library)
    for name in names.split():
        assert f"{library}.{name}" in ROWS
    public = getattr(module, "__all__", None) or dir(module)
    asynchronous = {
        name
        for name in public
        if name.lower().startswith(("async", "create_async")) and name != "async"
    }
    without = {
        name
        for name in asynchronous
        if LIBRARIES.verdict(f"{library}.{name}") is None
        and not isinstance(getattr(module, name), ModuleType)
    }
    assert without == set()


def can_be_given(function: Any, parameter: str) -> bool:
    """Return whether a function takes a parameter, or its wrapper does."""
    taken = inspect.signature(function, follow_wrapped=False).parameters
    inside = inspect.signature(function).parameters
    return parameter in {*taken, *inside} or takes_any(function)


@pytest.mark.parametrize(
    "name",
    [n for n in sorted(ROWS) if n.split(".")[0] in OTHERS | {"aiofiles", "anyio"}],
)
def test_row_of_a_third_party_is_a_name_of_it(name: str) -> None:
    owner, _, last = name.rpartition(".")
    if last == "*" or owner.endswith(("Lock", "Event", "Condition", "Limiter")):
        return
    member, _, parameter = last.rstrip(")").partition("(")
    package, _, class_name = owner.rpartition(".")
    has_twin = owner in ROWS and bool(ROWS[owner].becomes)
    if has_twin or class_name.startswith("TaskGroup"):
        home = getattr(pytest.importorskip(package), class_name)
    else:
        home = pytest.importorskip(owner)
    if parameter:
        assert parameter == "*" or can_be_given(getattr(home, member), parameter)
        return
    if isinstance(home, ModuleType) and not hasattr(home, last):
        import_module(f"{owner}.{last}")
    annotations = getattr(home, "__annotations__", {})
    found = hasattr(home, last) or last in annotations
    if not found and ROWS[name].refuse:
        pytest.skip("refused where it is, and not in the installed version")
    assert found


@pytest.mark.parametrize(
    "name",
    [n for n, row in sorted(ROWS.items()) if n.split(".")[0] in OTHERS and row.becomes],
)
def test_methods_that_only_the_asynchronous_class_has_are_refused(name: str) -> None:
    module, _, last = name.rpartition(".")
    home, _, twin = ROWS[name].becomes.rpartition(".")
    original = getattr(pytest.importorskip(module), last)
    sync = getattr(pytest.importorskip(home), twin)
    if not (isinstance(original, type) and isinstance(sync, type)):
        return
    methods = {
        method
        for method in dir(original)
        if not method.startswith("_")
        and inspect.isroutine(getattr(original, method))
        and not inspect.ismemberdescriptor(getattr(original, method))
    }
    lost = {m for m in methods if not hasattr(sync, LIBRARIES.methods.get(m, m))}
    by_rules = {"run_sync"}
    left = {m for m in lost if f"{name}.{m}" not in ROWS}
    assert left - by_rules == set()


_TAKES_ANY = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def parameters_of(function: object) -> dict[str, inspect.Parameter] | None:
    """Return what a function of Python takes, where that can be asked."""
    try:
        taken = dict(inspect.signature(function).parameters)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return {name: each for name, each in taken.items() if each.kind not in _TAKES_ANY}


def takes_any(function: object) -> bool:
    taken = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    return any(each.kind is inspect.Parameter.VAR_KEYWORD for each in taken)


def compared(name: str) -> abc.Iterator[tuple[str, object, object]]:
    """Yield the calls of a name and its twin: their own, or those of their methods."""
    module, _, last = name.rpartition(".")
    home, _, twin = ROWS[name].becomes.rpartition(".")
    original = getattr(pytest.importorskip(module), last)
    sync = getattr(pytest.importorskip(home), twin)
    if not (isinstance(original, type) and isinstance(sync, type)):
        yield "__init__", original, sync
        return
    for method in dir(original):
        other = getattr(sync, LIBRARIES.methods.get(method, method), None)
        if method.startswith("_") and method != "__init__":
            continue
        if inspect.isroutine(getattr(original, method)) and inspect.isroutine(other):
            yield method, getattr(original, method), other


@pytest.mark.parametrize(
    "name",
    [n for n, row in sorted(ROWS.items()) if n.split(".")[0] in OTHERS and row.becomes],
)
def test_parameters_that_only_the_asynchronous_side_has_are_refused(name: str) -> None:
    lost = set()
    for method, original, sync in compared(name):
        taken, twins = parameters_of(original), parameters_of(sync)
        if taken is None or twins is None or takes_any(sync):
            continue
        if f"{name}.{method}" in ROWS:  # the whole method is refused
            continue
        lost |= {f"{name}.{method}({each})" for each in taken.keys() - twins.keys()}
    assert {n for n in lost if n not in ROWS} == set()


def twins() -> list[tuple[str, str]]:
    return [(name, row.becomes) for name, row in sorted(ROWS.items()) if row.becomes]


@pytest.mark.parametrize(("name", "twin"), twins())
def test_twin_exists(name: str, twin: str) -> None:
    if twin == "queue.ShutDown" and sys.version_info < (3, 13):
        pytest.skip("new in Python 3.13, as asyncio.QueueShutDown is")
    module, _, last = twin.rpartition(".")
    if module.split(".")[0] in OTHERS:
        pytest.importorskip(module)
    home = import_module(module or "builtins")
    # Names that are imported by a rule, like asyncio's queue, must be in place.
    found = getattr(home, last)
    assert not isinstance(found, ModuleType), name


@pytest.mark.parametrize(
    "name", [name for name, row in sorted(ROWS.items()) if row.rule]
)
def test_rule_of_a_row_exists(name: str) -> None:
    assert ROWS[name].rule in {rule.name for rule in RULES}


@pytest.mark.parametrize(
    "name", [name for name, row in sorted(ROWS.items()) if row.refuse]
)
def test_refusal_says_why_and_what_instead(name: str) -> None:
    row: Verdict = ROWS[name]
    assert len(row.refuse) > 10
    assert len(row.instead) > 5
    for sentence in (row.refuse, row.instead):
        assert not sentence.endswith(".")
        assert sentence[0].islower() or sentence.startswith("asyncio")


def members() -> list[tuple[str, set[str]]]:
    """Return the classes that have rows for their members, with those that stay."""
    kept: dict[str, set[str]] = {}
    for name, row in ROWS.items():
        owner, _, member = name.rpartition(".")
        if row.keep and owner in ROWS and ROWS[owner].becomes:
            kept.setdefault(owner, set()).add(member)
    of_rules = {"asyncio.Runner": "twingen.runtime.runner.Runner"}
    for owner in of_rules:
        kept[owner] = {n.rpartition(".")[2] for n in ROWS if n.startswith(f"{owner}.")}
        kept[owner].remove("*")
    return sorted((o, k) for o, k in kept.items() if o.startswith("asyncio."))


def members_of(qualified: str) -> set[str]:
    """Return the members that values of a class have."""
    if qualified == "asyncio.subprocess.Process":
        return set(dir(asyncio.run(asynchronous_process())))
    if qualified == "twingen.runtime.processes.Process":
        process = processes.create_subprocess_exec("true", **PIPES)
        process.communicate()
        return set(dir(process))
    module, _, last = qualified.rpartition(".")
    made = getattr(import_module(module), last)
    if module in ("asyncio", "queue", "threading") and last in VALUES:
        made = made()
    return set(dir(made))


PIPES: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
VALUES = {
    "BoundedSemaphore", "Condition", "Event", "LifoQueue", "Lock", "PriorityQueue",
    "Queue", "Semaphore",
}  # fmt: skip


async def asynchronous_process() -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec("true", **PIPES)
    await process.communicate()
    return process


@pytest.mark.parametrize(("owner", "kept"), members())
def test_members_that_stay_are_on_both_sides(owner: str, kept: set[str]) -> None:
    newer = {"shutdown"} if sys.version_info < (3, 13) else set()
    twin = ROWS[owner].becomes or "twingen.runtime.runner.Runner"
    sync = {DUNDERS.get(name, name) for name in kept - newer}
    assert sync - members_of(twin) == set()
    # Barrier, Timeout and Runner are of 3.11; entering a Runner is sync.
    if hasattr(import_module(owner.rpartition(".")[0]), owner.rpartition(".")[2]):
        original = members_of(owner) | ({"__aenter__"} if "Runner" in owner else set())
        assert kept - newer - original == set()


@pytest.mark.parametrize(("owner", "kept"), members())
def test_other_members_are_refused(owner: str, kept: set[str]) -> None:
    verdict = LIBRARIES.verdict(f"{owner}.unheard_of")
    assert verdict is not None
    assert verdict.refuse
    assert kept


TURNS = built_in_libraries("turns")
# It knows nothing of tasks.
OF_BOTH = "twingen.runtime.sqlite_connections."


def _modules_of_asyncio() -> abc.Iterator[str]:
    """Yield the modules of asyncio that can be imported on this system."""
    for module in pkgutil.iter_modules(asyncio.__path__, "asyncio."):
        if "windows" not in module.name and not module.name.endswith("__main__"):
            yield module.name


class TestWhereTasksTakeTurns:
    """The tables for tasks that take turns, which stand for those of the same names."""

    def test_every_name_of_asyncio_has_a_verdict(self) -> None:
        names = {*asyncio.__all__, *NEW_IN_3_14, "EventLoop", "QueueShutDown"}
        assert {n for n in names if TURNS.verdict(f"asyncio.{n}") is None} == set()

    @pytest.mark.skipif(sys.version_info < (3, 13), reason="asyncio lacks some names")
    def test_every_row_is_a_name_of_asyncio(self) -> None:
        # Loops and policies of Windows are there on Windows alone.
        rows = {
            last
            for owner, _, last in (name.rpartition(".") for name in TURNS.rows)
            if owner == "asyncio" and not last.startswith(("Windows", "Proactor"))
        }
        # What is not public is found in the module of asyncio that defines it.
        homes = [asyncio, *map(import_module, _modules_of_asyncio())]
        known = {name for home in homes for name in vars(home)}
        assert rows - known == {"*"}

    @pytest.mark.parametrize(
        "name", sorted(n for n in TURNS.rows if n.startswith("asyncio."))
    )
    def test_a_coroutine_function_is_marked_as_one(self, name: str) -> None:
        """The runtime's functions that wait are those that asyncio must await."""
        row = TURNS.rows[name]
        owner, _, last = name.rpartition(".")
        original = getattr(import_module("asyncio"), last, None)
        if owner != "asyncio" or original is None or not row.becomes:
            return
        is_coroutine = inspect.iscoroutinefunction(original)
        assert bool(row.coroutine) == is_coroutine
        module, _, twin = row.becomes.rpartition(".")
        found = getattr(import_module(module or "builtins"), twin)
        assert callable(found) == callable(original)

    @pytest.mark.parametrize(
        ("name", "twin"),
        sorted((n, row.becomes) for n, row in TURNS.rows.items() if row.becomes),
    )
    def test_twin_exists(self, name: str, twin: str) -> None:
        module, _, last = twin.rpartition(".")
        if module.split(".")[0] in OTHERS:
            pytest.importorskip(module)
        assert hasattr(import_module(module or "builtins"), last), name

    def test_nothing_is_left_to_a_rule_or_a_runtime_of_threads(self) -> None:
        """A row whose rule is not asked would leave an awaitable where it is."""
        of_threads = {rule.name for rule in RULES if rule.tasks == "threads"}
        assert {n for n, row in TURNS.rows.items() if row.rule in of_threads} == set()
        others = {
            name
            for name, row in TURNS.rows.items()
            if row.becomes.startswith("twingen.runtime.")
            and not row.becomes.startswith(("twingen.runtime.turns.", OF_BOTH))
        }
        assert others == set()

    @pytest.mark.parametrize(
        "name", [name for name, row in sorted(TURNS.rows.items()) if row.refuse]
    )
    def test_refusal_says_why_and_what_instead(self, name: str) -> None:
        row = TURNS.rows[name]
        for sentence in (row.refuse, row.instead):
            assert len(sentence) > 5
            assert not sentence.endswith(".")
            assert sentence[0].islower() or sentence.startswith("asyncio")
