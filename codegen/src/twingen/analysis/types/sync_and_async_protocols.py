"""Classes that have the sync protocol beside the asynchronous one."""

from __future__ import annotations

import builtins
import collections
import io
from typing import TYPE_CHECKING

import libcst as cst

from ...syntax.tokens import tokens_of
from ..symbols.async_protocols import DUNDERS

if TYPE_CHECKING:
    from ..symbols.names import Names

_ASYNC = {sync: name for name, sync in DUNDERS.items()}
_FIRST = {"__exit__": "__enter__", "__next__": "__iter__"}
_MODULES = {"builtins": builtins, "collections": collections, "io": io}


def gives_way(names: Names, function: cst.FunctionDef) -> bool:
    """Return whether a sync method has no use of its own beside the asynchronous one.

    It only raises ("use async with"), is never reached because the first of its
    protocol does, or does what the asynchronous one does without the awaits.
    """
    name = function.name.value
    owner = names.enclosing(function, cst.ClassDef, cst.FunctionDef)
    if name not in _ASYNC or not isinstance(owner, cst.ClassDef):
        return False
    first = _method(owner, _FIRST.get(name, name))
    other = _method(owner, _ASYNC[name])
    if first is not None and _only_raises(first):
        return other is not None or hides(names, function) is not None
    if other is None or function.decorators or other.decorators:
        return False
    return _are_alike(function, other)


def delegates(names: Names, function: cst.FunctionDef) -> bool:
    """Recognize `async def __aexit__(self, *exc): return self.__exit__(*exc)`.

    The sync method beside it is what the twin needs.
    """
    sync = DUNDERS.get(function.name.value)
    owner = names.enclosing(function, cst.ClassDef, cst.FunctionDef)
    if sync is None or function.asynchronous is None or function.decorators:
        return False
    if not isinstance(owner, cst.ClassDef) or _method(owner, sync) is None:
        return False
    line = _only_line(function)
    if line is None or not isinstance(line, cst.Return) or line.value is None:
        return False
    given = function.params
    if given.kwonly_params or given.star_kwarg or given.posonly_params:
        return False
    passed = [each.name.value for each in given.params]
    if isinstance(given.star_arg, cst.Param):
        passed.append(f"*{given.star_arg.name.value}")
    if not passed or passed[0].startswith("*"):
        return False
    call = cst.parse_expression(f"{passed[0]}.{sync}({', '.join(passed[1:])})")
    return tokens_of(line.value) == tokens_of(call)


def hides(names: Names, function: cst.FunctionDef) -> str | None:
    """Return the asynchronous method of a base that a sync one hides in the twin."""
    name = function.name.value
    owner = names.enclosing(function, cst.ClassDef, cst.FunctionDef)
    if name not in _ASYNC or not isinstance(owner, cst.ClassDef):
        return None
    known, qualified = names.definitions, names.qualified(owner) or ""
    if f"{qualified}.{_ASYNC[name]}" in known.members:
        return None  # the class itself is refused
    for base in list(known.bases(qualified))[1:]:
        if f"{base}.{_ASYNC[name]}" in known.members:
            return f"{base.rpartition('.')[2]}.{_ASYNC[name]}"
    return None


def sync_beside(names: Names, definition: cst.Name) -> str | None:
    """Return the sync method that the twin of an asynchronous one would hide.

    It is one of the class itself, unless that gives way, or of a base that is known.
    """
    sync = DUNDERS[definition.value]
    function = names.parent(definition)
    owner = names.enclosing(function or definition, cst.ClassDef, cst.FunctionDef)
    if names.is_bound_beside(definition, sync):
        mine = _method(owner, sync) if isinstance(owner, cst.ClassDef) else None
        if isinstance(function, cst.FunctionDef) and delegates(names, function):
            return None
        if mine is None or not gives_way(names, mine):
            return sync
        return None
    if not isinstance(owner, cst.ClassDef):
        return None
    known, qualified = names.definitions, names.qualified(owner) or ""
    for base in list(known.bases(qualified))[1:]:
        has_both = f"{base}.{definition.value}" in known.members
        if f"{base}.{sync}" in known.members and not has_both:
            return f"{base.rpartition('.')[2]}.{sync}"
        home, _, name = base.partition(".")
        module = _MODULES.get(home)
        if module is not None and hasattr(getattr(module, name, None), sync):
            return f"{name}.{sync}"
    return None


def _method(owner: cst.ClassDef, name: str) -> cst.FunctionDef | None:
    found = [
        each
        for each in owner.body.body
        if isinstance(each, cst.FunctionDef) and each.name.value == name
    ]
    return found[0] if len(found) == 1 else None


def _only_raises(function: cst.FunctionDef) -> bool:
    return isinstance(_only_line(function), cst.Raise)


def _only_line(function: cst.FunctionDef) -> cst.BaseSmallStatement | None:
    """Return the statement that a body consists of, except for its docstring."""
    statements = list(function.body.body)
    if function.get_docstring() is not None:
        statements = statements[1:]
    line = statements[0] if len(statements) == 1 else None
    if not isinstance(line, cst.SimpleStatementLine) or not line.body:
        return None
    return line.body[0]


def _are_alike(sync: cst.FunctionDef, asynchronous: cst.FunctionDef) -> bool:
    """Return whether two methods are equal without asynchronous keywords."""
    words = [DUNDERS.get(each, each) for each in tokens_of(asynchronous)]
    return [each for each in words if each not in ("async", "await")] == [
        *tokens_of(sync)
    ]
