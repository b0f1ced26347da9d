"""Calls that make a coroutine, as far as the source shows it."""

from __future__ import annotations

import libcst as cst

from ..types.type_inference import LOOP, PROCESS, READER, SERVER, WRITER
from ..types.typed_names import TypedNames
from .event_loop_functions import CARRIED, COROUTINES
from .function_kinds import is_coroutine
from .task_calls import is_loop

_FUNCTIONS = {
    "anyio.sleep",
    "anyio.to_thread.run_sync",
    "asyncio.create_subprocess_exec",
    "asyncio.create_subprocess_shell",
    "asyncio.open_connection",
    "asyncio.open_unix_connection",
    "asyncio.start_server",
    "asyncio.start_unix_server",
    "asyncio.subprocess.create_subprocess_exec",
    "asyncio.subprocess.create_subprocess_shell",
    "builtins.anext",
}
_SERVER = {"serve_forever", "start_serving", "wait_closed"}
METHODS = {
    "asyncio.Lock": {"acquire"},
    "asyncio.Condition": {"acquire", "wait", "wait_for"},
    "asyncio.Semaphore": {"acquire"},
    "asyncio.BoundedSemaphore": {"acquire"},
    "asyncio.Event": {"wait"},
    "asyncio.Barrier": {"abort", "reset", "wait"},
    "asyncio.Queue": {"get", "join", "put"},
    "asyncio.LifoQueue": {"get", "join", "put"},
    "asyncio.PriorityQueue": {"get", "join", "put"},
    LOOP: CARRIED,
    **{
        f"asyncio.{name}": CARRIED
        for name in ("BaseEventLoop", "EventLoop", "SelectorEventLoop")
    },
    PROCESS: {"communicate", "wait"},
    READER: {"read", "readexactly", "readline", "readuntil"},
    SERVER: _SERVER,
    "asyncio.AbstractServer": _SERVER,
    WRITER: {"drain", "start_tls", "wait_closed"},
}


def makes_coroutine(names: TypedNames, call: cst.Call) -> bool:
    """Return whether what is called is known to be a coroutine function."""
    definitions, function = names.definitions, call.func
    qualified = names.qualified(function)
    if qualified in definitions.started:  # a decorator makes a task of it
        return False
    if qualified is not None:
        return qualified in definitions.coroutines or qualified in _FUNCTIONS
    if isinstance(function, cst.Name):
        local = names.function(function)
        return local is not None and is_coroutine(local, names)
    if not isinstance(function, cst.Attribute):
        return False
    member = function.attr.value
    if is_loop(names, function.value):
        return member in COROUTINES
    owner = owner_of(names, function)
    known = member in METHODS.get(owner, ())
    return known or definitions.is_coroutine_method(owner, member)


def is_property(names: TypedNames, value: cst.CSTNode) -> bool:
    """Return whether a value is a property that makes a coroutine."""
    definitions = names.definitions
    if not (isinstance(value, cst.Attribute) and definitions.properties):
        return False
    if value.attr.value in definitions.replaced:
        return False
    return definitions.is_coroutine_property(
        owner_of(names, value) or names.owner(value.value) or "",
        value.attr.value,
        above=_is_super(value.value),
    )


def may_be_property(names: TypedNames, value: cst.Attribute) -> bool:
    """Return whether some class of the sources has such a property to await."""
    return bool(names.definitions.by("properties", "last", value.attr.value))


def _is_super(value: cst.BaseExpression) -> bool:
    called = value.func if isinstance(value, cst.Call) else None
    return isinstance(called, cst.Name) and called.value == "super"


def owner_of(names: TypedNames, member: cst.Attribute) -> str:
    """Return the class of what a member is asked of, where the source shows it."""
    kind = names.kind(member.value)
    if kind is not None:
        return kind
    owner = names.enclosing(member, cst.ClassDef)
    receiver = member.value.value if isinstance(member.value, cst.Name) else ""
    if owner is None or receiver not in ("self", "cls"):
        return ""
    return f"{names.module}.{owner.name.value}"
