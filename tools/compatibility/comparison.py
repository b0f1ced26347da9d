"""Compares the public names of psycopg with those of pgtwin."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from importlib import import_module
from types import ModuleType
from typing import Any

from tools.compatibility.public import (
    MODULES,
    PROTOCOLS,
    Member,
    defined,
    exists,
    members,
    our_module,
    signature,
    takes_all,
)
from tools.compatibility.reasons import REASONS
from tools.compatibility.signatures import compare_signatures

SAME, OURS, ABSENT = "same", "ours", "absent"
MISSING = object()


@dataclass
class Name:
    """A public name of psycopg, and its counterpart in pgtwin."""

    full: str
    verdict: str
    differences: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    members: list[Name] = field(default_factory=list)

    @property
    def short(self) -> str:
        return self.full.rpartition(".")[2]

    def walk(self) -> Iterator[Name]:
        yield self
        for member in self.members:
            yield from member.walk()


def compare_member(full: str, theirs: Member, ours: Member | None) -> Name:
    if ours is None:
        return Name(full, ABSENT)
    name = Name(full, SAME)
    if theirs.kind != ours.kind:
        name.differences.append(f"{article(ours.kind)}, not {article(theirs.kind)}")
    if theirs.writable and not ours.writable:
        name.differences.append("cannot be set")
    missed, added = compare_signatures(theirs.signature, ours.signature)
    name.differences += missed
    name.added = added
    name.verdict = OURS if name.differences else SAME
    return name


def article(kind: str) -> str:
    return f"{'an' if kind.startswith('a') else 'a'} {kind}"


def compare_classes(full: str, theirs: type, ours: type) -> Name:
    name = Name(full, OURS)
    if (
        f"{theirs.__module__}.{theirs.__name__}" != full
        and theirs.__module__ in MODULES
    ):
        return name  # compared where it is from
    mine = members(ours)
    for member, seen in sorted(members(theirs).items()):
        compared = compare_member(f"{full}.{member}", seen, mine.pop(member, None))
        name.members.append(compared)
    name.added = [member for member in sorted(mine) if member not in PROTOCOLS]
    for base in theirs.__mro__[1:]:
        other = counterpart(base)
        if other is not None and not issubclass(ours, other):
            name.differences.append(f"no subclass of `{base.__name__}`")
    return name


def counterpart(base: type) -> type | None:
    """Return what a class of ours derives from where psycopg's has a base."""
    if base.__name__.startswith("_") or base.__module__ in ("abc", "typing"):
        return None
    if not base.__module__.startswith("psycopg"):
        return base
    ours = our_module(base.__module__)
    if not exists(ours):
        return None
    found: type | None = getattr(import_module(ours), base.__name__, None)
    return found


def compare(full: str, theirs: Any, ours: Any) -> Name:
    if ours is MISSING:
        return Name(full, ABSENT)
    if ours is theirs or (is_constant(theirs) and ours == theirs):
        return Name(full, SAME)
    if isinstance(theirs, type) and isinstance(ours, type):
        return compare_classes(full, theirs, ours)
    if inspect.isroutine(theirs) and inspect.isroutine(ours):
        differences, added = compare_signatures(signature(theirs), signature(ours))
        return Name(full, OURS, differences, added)
    return Name(full, OURS, ["another object"])


def is_constant(value: Any) -> bool:
    return isinstance(value, str | int | bytes | tuple | frozenset)


def compare_modules(theirs: str) -> Name:
    """Compare a module of psycopg with the one of the same name."""
    ours = our_module(theirs)
    if not exists(ours):
        return Name(theirs, ABSENT)
    found = Name(theirs, OURS)
    names = defined(theirs)
    try:
        module, mine = import_module(theirs), import_module(ours)
    except ImportError:
        # It needs a package that is not here: all is the same if all is imported.
        verdict = SAME if takes_all(ours, theirs) else ABSENT
        found.members = [Name(f"{theirs}.{name}", verdict) for name in names]
        return found
    for name in names:
        full = f"{theirs}.{name}"
        value = getattr(module, name)
        if isinstance(value, Enum | ModuleType):
            continue
        found.members.append(compare(full, value, getattr(mine, name, MISSING)))
    found.added = additions(mine, module)
    return found


def additions(ours: ModuleType, theirs: ModuleType) -> list[str]:
    names: list[str] = getattr(ours, "__all__", [])
    return [name for name in names if not hasattr(theirs, name)]


def compared() -> list[Name]:
    """Compare all public modules; the members of absent modules are left out."""
    found: list[Name] = []
    for module in MODULES:
        absent = [name.full for name in found if name.verdict == ABSENT]
        if not module.startswith(tuple(f"{name}." for name in absent)):
            found.append(compare_modules(module))
    return found


def reason_of(name: Name) -> str | None:
    """Return the reason why a name differs from psycopg's."""
    for pattern, reason in REASONS.items():
        if fnmatchcase(name.full, pattern):
            return reason
    return None


def needs_reason(name: Name) -> bool:
    return name.verdict == ABSENT or bool(name.differences)


def unexplained(names: list[Name]) -> list[str]:
    """Return the differences without a reason."""
    return [
        f"{name.full}: {'; '.join(name.differences) or name.verdict}"
        for module in names
        for name in module.walk()
        if needs_reason(name) and reason_of(name) is None
    ]


def unneeded(names: list[Name]) -> list[str]:
    """Return the reasons that explain nothing."""
    different = [x.full for y in names for x in y.walk() if needs_reason(x)]
    return [
        pattern
        for pattern in REASONS
        if not any(fnmatchcase(name, pattern) for name in different)
    ]
