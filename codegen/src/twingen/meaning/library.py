"""Verdicts: what becomes of each public name of a library.

Libraries are tables (`libraries/*.toml`, and `[tool.twingen.libraries]` of the
user): plain renames are rows here, never rules. A table whose `"*"` row is a
refusal is closed: a name that it does not list has no twin.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from ..syntax.patterns import Patterns
from ..telling.diagnostic import ConfigurationError
from .renames import MethodRenames, Renames, is_dotted_name


@dataclass(frozen=True)
class Verdict:
    """What becomes of one name; exactly one of the fields is set.

    `becomes` is a dotted name (no dot: a builtin); `unwrap` means that a call
    is replaced by its only argument and a subscript by its last one; `call` that a
    call is replaced by one of its first argument with the others; `rule`
    names the rule that handles it; `refuse` is the reason why it has no twin
    and `instead` the remedy; `keep` leaves the name as it is;
    `drop` leaves out the decorator or the mark that it is. `coroutine` is said beside
    `becomes`: the name stands for a coroutine function.
    """

    becomes: str = ""
    unwrap: bool = False
    call: bool = False
    rule: str = ""
    refuse: str = ""
    keep: bool = False
    drop: bool = False
    instead: str = ""
    coroutine: bool = False


@dataclass
class Libraries:
    """All tables of one project, and which of its own rows were used.

    `method_owners` are the libraries whose objects have a method of `methods`;
    where there is none, any object may have it. `strings` are the functions that
    are given names in strings.
    """

    rows: dict[str, Verdict] = field(default_factory=dict)
    methods: dict[str, str] = field(default_factory=dict)
    method_owners: dict[str, set[str]] = field(default_factory=dict)
    renames: Renames | None = None
    own_methods: MethodRenames | None = None
    method_patterns: Patterns | None = None
    strings: tuple[str, ...] = ()
    used: set[str] = field(default_factory=set)
    overridden: dict[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> set[str]:
        """The names of asyncio that the project keeps."""
        return {name for name in self.overridden if self.rows[name].keep}

    def verdict(self, qualified: str) -> Verdict | None:
        """Return the row of a qualified name, its new name, or its table's `*` row."""
        row = self.rows.get(qualified)
        if row is not None:
            self.used.add(qualified)
            return row
        twin = self.renames.twin_of(qualified) if self.renames else None
        if twin is not None:
            return Verdict(becomes=twin)
        return self.rows.get(f"{qualified.rpartition('.')[0]}.*")

    def module_twin(self, module: str) -> str | None:
        """Return the module in whose place another one stands in the twin, if it has.

        That is a row of its own, of which each name in the module is found there.
        """
        row = self.rows.get(module)
        if row is not None and "." in row.becomes:
            self.used.add(module)
            return row.becomes
        return self.renames.whole_module(module) if self.renames else None

    def method_of(self, name: str, owner: str | None) -> str | None:
        """Return the row of a method, if this class can have it.

        `owner` is the class where that is known, of a library of its own.
        """
        owners = self.method_owners.get(name)
        if owner is not None and owners and owner.split(".")[0] not in owners:
            return None
        return self.method(name)

    def method(self, name: str) -> str | None:
        """Return the row of a method, exact or by a pattern of the project."""
        twin = self.methods.get(name)
        if twin is not None or self.method_patterns is None:
            return twin
        found = self.method_patterns.find(name)
        if found is None:
            return None
        self.used.add(f"methods.{found.pattern}")
        return found.filled

    def row_of_method(self, classes: Iterable[str], name: str) -> Verdict | None:
        """Return the row of its own that a method of one of these classes has."""
        for owner in classes:
            row = self.rows.get(f"{owner}.{name}")
            if row is not None:
                self.used.add(f"{owner}.{name}")
                return row
        return None

    def renamed_from(self, module: str) -> set[str]:
        """Return the names of a module that are others in the twin, or have none."""
        rows = {
            name.rpartition(".")[2]
            for name, row in self.rows.items()
            if name.rpartition(".")[0] == module and not row.keep
        }
        return rows | set(self.renames.words() if self.renames else ())

    def is_closed(self, module: str) -> bool:
        """Tell whether every name of a module needs a row."""
        rest = self.rows.get(f"{module}.*")
        return rest is not None and bool(rest.refuse) and module not in self.rows

    def in_twin(self, qualified: str) -> str:
        """Return the qualified name that the twin has for one."""
        verdict = self.verdict(qualified)
        twin = (verdict.becomes if verdict is not None else "") or qualified
        return twin if "." in twin else f"builtins.{twin}"

    def local_name(self, qualified: str) -> str:
        """Return the last part of what a name becomes; it is not used by this."""
        used = set(self.used), set(self.renames.used) if self.renames else set()
        verdict = self.verdict(qualified)
        self.used = used[0]
        if self.renames:
            self.renames.used = used[1]
        becomes = verdict.becomes if verdict else ""
        return (becomes or qualified).rpartition(".")[2]

    def add(self, tables: Mapping[str, Any], where: str) -> list[str]:
        """Add parsed tables; return the qualified names that they define."""
        added = []
        packages = {module.split(".")[0] for module in tables} - {"methods", "builtins"}
        for module, table in tables.items():
            if not isinstance(table, Mapping):
                raise ConfigurationError(
                    f"{where}: {module} must be a table of names and verdicts"
                )
            if module == "methods":
                rows = dict(_method_names(table, where))
                for name in rows if not where.startswith("libraries/") else ():
                    self.method_owners.pop(name, None)  # the project's are for all
                patterns = {name: rows[name] for name in rows if "*" in name}
                self.methods.update({n: rows[n] for n in rows if n not in patterns})
                if patterns:
                    self.method_patterns = Patterns(patterns, str.isidentifier)
                for name in table if where.startswith("libraries/") else ():
                    if packages:
                        self.method_owners.setdefault(name, set()).update(packages)
                continue
            for name, row in table.items():
                qualified = f"{module}.{name}"
                verdict = _verdict(row, f"{where}: {qualified}")
                if not where.startswith("libraries/"):
                    self._override(qualified, verdict, f"{where}: {qualified}")
                self.rows[qualified] = verdict
                added.append(qualified)
        return added

    def _override(self, qualified: str, verdict: Verdict, where: str) -> None:
        """Remember that a row of the project stands for a built-in one.

        Raises :class:`ConfigurationError` for what cannot be kept.
        """
        before = self.rows.get(qualified)
        package, _, name = qualified.partition(".")
        if package == "asyncio" and verdict.keep and not _can_be_kept(name):
            raise ConfigurationError(
                f"{where}: {qualified} cannot be kept: it needs an event loop, which "
                "the twin has not; name what the twin has in its place, or refuse it"
            )
        if before is not None or package == "asyncio":
            self.overridden[qualified] = before.rule if before is not None else ""

    def copy(self) -> Libraries:
        """Return tables that can be added to without touching these."""
        owners = dict(self.method_owners)
        return Libraries(dict(self.rows), dict(self.methods), owners)


def _method_names(table: Mapping[str, Any], where: str) -> Iterator[tuple[str, str]]:
    for name, twin in table.items():
        if (
            not isinstance(twin, str)
            or not twin.replace("*", "x").isidentifier()
            or name.count("*") != twin.count("*")
            or name.count("*") > 1
        ):
            raise ConfigurationError(
                f"{where}: methods.{name} must be a method's name, or both must be "
                "patterns with one *"
            )
        yield name, twin


def _verdict(row: Any, where: str) -> Verdict:
    row = {"becomes": row} if isinstance(row, str) else row
    known = set(Verdict.__dataclass_fields__)
    if (
        not isinstance(row, Mapping)
        or not set(row) <= known
        or not is_dotted_name(str(row.get("becomes", "x")))
    ):
        raise ConfigurationError(
            f"{where} must be a dotted name or a table with one of "
            f"{', '.join(sorted(known - {'instead', 'coroutine'}))}"
        )
    if len(set(row) - {"instead", "coroutine"}) != 1:
        raise ConfigurationError(f"{where} must have exactly one verdict")
    if "refuse" in row and not row.get("instead"):
        raise ConfigurationError(
            f"{where} refuses without saying what to write instead"
        )
    becomes = row.get("becomes", "")
    return Verdict(**{**row, "becomes": becomes.removeprefix("builtins.")})


# What asyncio has that works without an event loop, but for its exceptions.
_WITHOUT_LOOP = {
    *("iscoroutine", "iscoroutinefunction", "isfuture"),
    *("FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"),
}


def _can_be_kept(name: str) -> bool:
    """Tell whether a name of asyncio may be used where no event loop runs."""
    if name in _WITHOUT_LOOP:
        return True
    found = getattr(asyncio, name, None)
    if found is None:  # a module, or newer than this Python
        return name.endswith("Error")
    return isinstance(found, type) and issubclass(found, BaseException)


@lru_cache(maxsize=2)
def _built_in(tasks: str) -> Libraries:
    libraries = Libraries()
    folder = resources.files("twingen") / "libraries"
    tables = {entry.name: entry for entry in folder.iterdir()}
    if tasks == "turns":
        tables.update((entry.name, entry) for entry in (folder / "turns").iterdir())
    for name, table in sorted(tables.items()):
        if name.endswith(".toml"):
            text = table.read_text(encoding="utf-8")
            libraries.add(tomllib.loads(text), f"libraries/{name}")
    return libraries


def built_in_libraries(tasks: str = "threads") -> Libraries:
    """Return a fresh copy of the tables that come with twingen.

    Where tasks take turns, the tables in `libraries/turns` stand for those of the same
    names.
    """
    return _built_in(tasks).copy()
