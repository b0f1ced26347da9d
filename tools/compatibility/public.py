"""Finds the public names of a package, without a server.

Public names are those without a leading underscore that public modules define or list
in `__all__`, the members of their classes, and the attributes that these set on their
instances. Abbreviations of enumeration members are not included.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

# The special methods that are part of what users write.
PROTOCOLS = frozenset(
    (
        *("__init__", "__call__", "__len__", "__getitem__"),
        *("__enter__", "__exit__", "__aenter__", "__aexit__"),
        *("__iter__", "__next__", "__aiter__", "__anext__"),
    )
)


@dataclass(frozen=True)
class Member:
    """A member of a class, as users see it."""

    kind: str
    writable: bool = True
    signature: inspect.Signature | None = None


def modules() -> Iterator[str]:
    """Yield the public modules of psycopg."""
    yield "psycopg"
    for info in pkgutil.walk_packages(psycopg.__path__, "psycopg."):
        if not any(part.startswith("_") for part in info.name.split(".")):
            yield info.name


MODULES = list(modules())


def our_module(theirs: str) -> str:
    return theirs.replace("psycopg", "pgtwin", 1)


def exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # what it would be part of is no package
        return False


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def tree(module: str) -> ast.Module:
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return parsed(Path(spec.origin))


def takes_all(ours: str, theirs: str) -> bool:
    """Return whether a module imports all that another has."""
    return any(
        isinstance(statement, ast.ImportFrom)
        and statement.module == theirs
        and [x.name for x in statement.names] == ["*"]
        for statement in tree(ours).body
    )


def defined(module: str) -> list[str]:
    """Return the public names of a module, as its source defines them."""
    found: set[str] = set()
    for statement in tree(module).body:
        if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(statement.name)
        elif isinstance(statement, ast.Assign):
            names = [x.id for x in statement.targets if isinstance(x, ast.Name)]
            found.update(names)
            if names == ["__all__"]:
                found.update(ast.literal_eval(statement.value))
        elif isinstance(statement, ast.AnnAssign):
            if isinstance(statement.target, ast.Name):
                found.add(statement.target.id)
        elif isinstance(statement, ast.ImportFrom) and statement.level:
            found.update(x.name for x in statement.names if x.asname == x.name)
    return sorted(name for name in found if not name.startswith("_"))


def attributes(cls: type) -> set[str]:
    """Return the public attributes that a class annotates or sets on its instances."""
    found: set[str] = set()
    for base in cls.__mro__:
        if not base.__module__.startswith(("psycopg", "pgtwin")):
            continue
        found.update(
            node.attr
            for node in ast.walk(written(base))
            if isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
        )
        found.update(vars(base).get("__annotations__", ()))
    return {name for name in found if not name.startswith("_")}


def written(cls: type) -> ast.AST:
    """Return the source of a class, which says in `__module__` where users find it."""
    for function in vars(cls).values():
        code = getattr(inspect.unwrap(function), "__code__", None)
        if code is None:
            continue
        for node in ast.walk(parsed(Path(code.co_filename))):
            if isinstance(node, ast.ClassDef) and node.name == cls.__name__:
                return node
    return ast.Module([], [])  # nothing in it sets attributes


def members(cls: type) -> dict[str, Member]:
    """Return what users see of a class and of its instances."""
    found = {name: Member("attribute") for name in attributes(cls)}
    for name in dir(cls):
        if name.startswith("_") and name not in PROTOCOLS:
            continue
        definer = next((base for base in cls.__mro__ if name in vars(base)), object)
        if definer.__module__ == "builtins":  # what Python's own classes have varies
            continue
        value = inspect.getattr_static(cls, name)
        if isinstance(value, property):
            found[name] = Member("attribute", value.fset is not None)
        elif isinstance(value, classmethod | staticmethod):
            kind = "class method" if isinstance(value, classmethod) else "static method"
            found[name] = Member(
                kind_of(value.__func__, kind), True, signature(value.__func__)
            )
        elif inspect.isroutine(value):
            found[name] = Member(kind_of(value, "method"), True, signature(value))
        else:
            found.setdefault(name, Member("attribute"))
    return found


def kind_of(function: Any, kind: str) -> str:
    return f"coroutine {kind}" if inspect.iscoroutinefunction(function) else kind


def signature(function: Any) -> inspect.Signature | None:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None
