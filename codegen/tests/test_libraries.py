"""Every public name of the libraries that twingen knows has a verdict that holds."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import sys
import types
import typing
import unittest
import unittest.mock
from collections import abc
from importlib import import_module
from types import ModuleType

import pytest

from twingen.library import Verdict, built_in_libraries
from twingen.rules import RULES

LIBRARIES = built_in_libraries()
ROWS = LIBRARIES.rows

# Names of asyncio that the closing row of its table refuses, and why that is
# enough: they are the event loop's own machinery, which the twin has no use for.
MACHINERY = {
    # loops, policies and how to get another one
    "AbstractEventLoopPolicy", "AbstractServer", "BaseEventLoop",
    "DefaultEventLoopPolicy", "EventLoop", "Handle", "SelectorEventLoop",
    "Server", "TimerHandle", "get_event_loop_policy", "new_event_loop",
    "set_event_loop", "set_event_loop_policy",
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
        name.partition(".")[2] for name in ROWS if name.rpartition(".")[0] == "asyncio"
    }
    assert rows - set(asyncio.__all__) - newer - {"*", "Timeout"} == set()


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (contextlib, ("async", "aclosing")),
        (abc, ("async", "awaitable", "coroutine")),
        (typing, ("async", "awaitable", "coroutine")),
        (inspect, ("agen_", "async", "awaitable", "coro")),
        (types, ("async", "coroutine")),
        (unittest, ("async",)),
        (unittest.mock, ("async",)),
    ],
)
def test_asynchronous_names_of_other_libraries_have_rows(
    module: ModuleType, words: tuple[str, ...]
) -> None:
    public = getattr(module, "__all__", None) or vars(module)
    names = {
        name
        for name in public
        if any(word in name.lower() for word in words) and not name.startswith("_")
    }
    missing = {n for n in names if f"{module.__name__}.{n}" not in ROWS}
    assert missing == set()


# Libraries that are not needed to run twingen; their rows are tested where they are.
OTHERS = {"httpx", "psycopg", "psycopg_pool", "redis", "sqlalchemy"}
MIRRORS = [
    ("anyio", "CapacityLimiter Condition Event Lock current_time run sleep"),
    ("httpx", ""),
    ("psycopg", ""),
    ("psycopg_pool", ""),
    ("redis.asyncio", ""),
    ("sqlalchemy.ext.asyncio", ""),
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


@pytest.mark.parametrize(
    "name",
    [n for n in sorted(ROWS) if n.split(".")[0] in OTHERS | {"aiofiles", "anyio"}],
)
def test_row_of_a_third_party_is_a_name_of_it(name: str) -> None:
    owner, _, last = name.rpartition(".")
    if last == "*" or owner.endswith(("Lock", "Event", "Condition", "Limiter")):
        return
    if owner.rpartition(".")[2].startswith("Async"):
        package, _, owner = owner.rpartition(".")
        home = getattr(pytest.importorskip(package), owner)
    else:
        home = pytest.importorskip(owner)
    if isinstance(home, ModuleType) and not hasattr(home, last):
        import_module(f"{owner}.{last}")
    annotations = getattr(home, "__annotations__", {})
    found = hasattr(home, last) or last in annotations
    if not found and ROWS[name].refuse:
        pytest.skip("refused where it is, and not in the installed version")
    assert found


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
    assert callable(found) or last.isupper(), name


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
        if row.keep and owner.startswith("asyncio."):
            kept.setdefault(owner, set()).add(member)
    return sorted(kept.items())


def example_of(twin: str) -> object:
    """Return a value of a twin's class, or the class where that is enough."""
    module, _, last = twin.rpartition(".")
    made = getattr(import_module(module), last)
    if twin.startswith("twingen.runtime.") or last in ("Future", "Task", "Timeout"):
        return made
    return made(1) if last == "Barrier" else made()


@pytest.mark.parametrize(("owner", "kept"), members())
def test_members_that_stay_are_on_both_sides(owner: str, kept: set[str]) -> None:
    newer = {"shutdown"} if sys.version_info < (3, 13) else set()
    value = example_of(ROWS[owner].becomes)
    sync = {"__enter__" if name == "__aenter__" else name for name in kept - newer}
    assert {name for name in sync if not hasattr(value, name)} == set()
    if hasattr(asyncio, owner.rpartition(".")[2]):  # Barrier and Timeout are of 3.11
        original = example_of(owner)
        assert {name for name in kept - newer if not hasattr(original, name)} == set()


@pytest.mark.parametrize(("owner", "kept"), members())
def test_other_members_are_refused(owner: str, kept: set[str]) -> None:
    verdict = LIBRARIES.verdict(f"{owner}.unheard_of")
    assert verdict is not None
    assert verdict.refuse
    assert kept
