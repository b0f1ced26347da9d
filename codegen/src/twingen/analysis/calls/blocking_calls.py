"""Plain functions that run a loop, or wait for what other threads do."""

from __future__ import annotations

from collections import defaultdict
from weakref import WeakKeyDictionary

import libcst as cst

from ...syntax.nodes import find
from ..symbols.names import Names

_BLOCKING = {
    "communicate", "join", "result", "run", "run_forever", "run_until_complete",
    "shutdown", "wait",
}  # fmt: skip
_OF_COROUTINES = {"communicate", "run", "shutdown", "wait"}
_RUNNING = {"asyncio.run", "subprocess.run"}
_TEXT = (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString)

_known: WeakKeyDictionary[Names, set[str]] = WeakKeyDictionary()
"""Of each module, the names of the functions that may block."""


def may_block(names: Names, function: cst.FunctionDef) -> bool:
    """Return whether a function may block, itself or by another of its module."""
    known = _known.get(names)
    if known is None:
        known = _known[names] = _blocking_names(names)
    return any(
        _blocks(names, call) or _called(call) in known
        for call in find(function.body, cst.Call)
    )


def _blocking_names(names: Names) -> set[str]:
    """Return the names of the plain functions and methods that may block."""
    callers: defaultdict[str, set[str]] = defaultdict(set)
    waiting: list[str] = []
    for function in names.nodes.of(cst.FunctionDef):
        if function.asynchronous is not None or names.is_generator(function):
            continue  # a call does not run it
        name = function.name.value
        for call in find(function.body, cst.Call):
            if _blocks(names, call):
                waiting.append(name)
            elif (called := _called(call)) is not None:
                callers[called].add(name)
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += callers[name]
    return found


def _called(call: cst.Call) -> str | None:
    """Return the name of what is called, the last one of dotted names."""
    function = call.func
    named = function.attr if isinstance(function, cst.Attribute) else function
    return named.value if isinstance(named, cst.Name) else None


def _blocks(names: Names, call: cst.Call) -> bool:
    """Return whether a call, by its name, runs a loop or waits for other threads."""
    name, function = _called(call), call.func
    if name == "join" and isinstance(function, cst.Attribute):
        if isinstance(function.value, _TEXT):
            return False
        home = (names.qualified(function) or "").rpartition(".")[0]
        return home not in {"builtins.str", "os.path", "posixpath", "ntpath"}
    if name in _OF_COROUTINES and isinstance(names.parent(call), cst.Arg):
        return names.qualified(function) in _RUNNING  # else it is to be run later
    return name in _BLOCKING
