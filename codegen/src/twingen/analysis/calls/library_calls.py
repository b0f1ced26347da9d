"""What comes from a library: functions, iterables and context managers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import libcst as cst

from ..types.type_inference import TASK_GROUP
from .awaitables import PROTOCOLS
from .coroutine_calls import METHODS, owner_of
from .manual_iteration import ITERATED, gives_futures
from .patched_functions import is_patched

if TYPE_CHECKING:
    from ..symbols.library_tables import Libraries
    from ..types.typed_names import TypedNames

_RUNTIME = "twingen.runtime."
_WAITS = f"{_RUNTIME}turns.library_waits"
_OF_STEPS = {"__anext__"}
_OF_BLOCKS = {"__aenter__", "__aexit__"}


def what_does(
    names: TypedNames, libraries: Libraries, function: cst.BaseExpression
) -> str | None:
    """Return what a function of a library does; `None` for one of the sources.

    It waits itself, it gives what has to be waited for, or it blocks.
    """
    imported = names.imported(function)
    outside = [e for e in imported if names.definitions.module_of(e) is None]
    for each in outside:
        verdict = libraries.verdict(each)
        if verdict and verdict.call:
            return None  # what it calls may be one of the sources
        becomes = verdict.becomes if verdict else ""
        of_runtime = becomes.startswith(_RUNTIME)
        if of_runtime or each.partition(".")[0] in sys.stdlib_module_names:
            if verdict and verdict.coroutine:
                return "waits"
            # What another function calls may be one of the sources.
            return "gives" if of_runtime or each.startswith("asyncio.") else None
        return "blocks"
    if outside or imported:
        return None
    if names.qualified(function) in ("builtins.anext",):
        return "waits"
    if not isinstance(function, cst.Attribute):
        return None
    kind = owner_of(names, function) or names.owner(function.value)
    if kind is None or names.definitions.module_of(kind) is not None:
        return None
    member = function.attr.value
    if kind.startswith("asyncio.") and member in PROTOCOLS:
        return "waits"
    if kind in METHODS:
        return "waits" if member in METHODS[kind] else "gives"
    if kind == TASK_GROUP:
        return "gives"
    known = libraries.verdict(kind)
    if known is not None and known.becomes.startswith(_RUNTIME):
        return None
    home = kind.partition(".")[0]
    if known is not None and home not in sys.stdlib_module_names:
        return "blocks"
    return None


def iterated_by(
    names: TypedNames, libraries: Libraries, iterable: cst.BaseExpression, tasks: str
) -> str | None:
    """Return the runtime's function for what `async for` goes through, if any."""
    if gives_futures(names, iterable):
        return ITERATED
    home = _home_of(names, libraries, iterable, _OF_STEPS)
    if tasks != "turns" or home == "twin":
        return None
    return f"{_WAITS}.{'blocking_each' if home == 'library' else 'each_of'}"


def entered_by(
    names: TypedNames, libraries: Libraries, manager: cst.BaseExpression
) -> str | None:
    """Return the runtime's function for what `async with` enters, if any.

    That of a call is given the function and its arguments: a call that waits for
    nothing in the source may connect to a server in the twin.
    """
    home = _home_of(names, libraries, manager, _OF_BLOCKS)
    if home == "twin":
        return None
    verb = "opening" if isinstance(manager, cst.Call) else "entering"
    return f"{_WAITS}.{'blocking_' if home == 'library' else ''}{verb}"


def is_entered(names: TypedNames, value: cst.BaseExpression) -> bool:
    """Return whether `async with` enters a value on the spot."""
    item = names.parent(value)
    block = names.parent(item) if isinstance(item, cst.WithItem) else None
    return isinstance(block, cst.With) and block.asynchronous is not None


def _home_of(
    names: TypedNames,
    libraries: Libraries,
    value: cst.BaseExpression,
    members: set[str],
) -> str | None:
    """Return whether a value's methods `members` are of a `library` or of a `twin`."""
    if isinstance(value, cst.Call):
        found = _made_by(names, libraries, value.func, members)
        if found is not None:
            return found
    elif isinstance(value, (cst.GeneratorExp, cst.Await)):
        return None
    kind = names.kind(value)
    if kind is None and isinstance(value, cst.Name):
        kind = names.owner(value)
    return None if kind is None else _of_class(names, libraries, kind, members)


def _made_by(
    names: TypedNames,
    libraries: Libraries,
    function: cst.BaseExpression,
    members: set[str],
) -> str | None:
    """Return where the result of a function, a method or a class comes from."""
    if _is_own_generator(names, function):
        return "twin"
    for qualified in names.meanings(function):
        if qualified is None:
            continue
        found = _of_class(names, libraries, qualified, members)
        if found is not None:
            return found
    if isinstance(function, cst.Attribute):
        kind = owner_of(names, function) or names.owner(function.value)
        if kind is not None and names.definitions.module_of(kind) is None:
            return _of_class(names, libraries, kind, members)
    return None


def _is_own_generator(names: TypedNames, function: cst.BaseExpression) -> bool:
    """Return whether a function of the sources makes generators or managers."""
    qualified = names.qualified(function) or ""
    if is_patched(names.definitions, qualified):
        return False
    own = names.function(function) if isinstance(function, cst.Name) else None
    if own is not None and own.asynchronous is not None and not own.decorators:
        return names.is_generator(own)
    maker = names.definitions.managers.get(qualified)
    return maker == "contextlib.asynccontextmanager"


def _of_class(
    names: TypedNames, libraries: Libraries, qualified: str, members: set[str]
) -> str | None:
    """Return where the methods of a class, or the result of a function, come from."""
    definitions = names.definitions
    if definitions.module_of(qualified) is not None:
        own = all(definitions.has_member(qualified, each) for each in members)
        return "twin" if own else None
    if qualified == "builtins.aiter":
        return None  # it gives what it was given
    row = libraries.verdict(qualified)
    is_standard = qualified.partition(".")[0] in sys.stdlib_module_names
    if row is not None and row.becomes and not row.becomes.startswith(_RUNTIME):
        return None if is_standard else "library"
    if qualified.startswith("asyncio.") or (row is not None and row.becomes):
        return "twin"
    return None
