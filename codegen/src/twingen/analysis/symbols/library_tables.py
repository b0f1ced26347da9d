"""Verdicts: what becomes of each public name of a library.

Libraries are tables (`libraries/*.toml`, and `[tool.twingen.libraries]` of the
user): plain renames are rows here, never rules. A table whose `"*"` row is a
refusal is closed: a name that it does not list has no twin.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from ...diagnostics.diagnostic import ConfigurationError
from ...diagnostics.suggestions import did_you_mean
from .async_protocols import DUNDERS
from .name_patterns import Patterns
from .renames import MethodRenames, Renames, is_dotted_name, is_named_like_class

# What tasks are in the twin: threads that run as they like, or that take turns.
Tasks: TypeAlias = Literal["threads", "turns"]


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
    where there is none, any object may have it. `own` says which rows do not come
    with twingen, and where each stands. `strings` are the functions that are given
    names in strings.
    """

    rows: dict[str, Verdict] = field(default_factory=dict)
    methods: dict[str, str] = field(default_factory=dict)
    method_owners: dict[str, set[str]] = field(default_factory=dict)
    renames: Renames | None = None
    own_methods: MethodRenames | None = None
    method_patterns: Patterns | None = None
    strings: tuple[str, ...] = ()
    own: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    overridden: dict[str, str] = field(default_factory=dict)
    _packages: dict[str, str | None] = field(
        default_factory=dict, repr=False, compare=False
    )
    _renaming: dict[str, set[str]] | None = field(
        default=None, repr=False, compare=False
    )
    _members: set[str] | None = field(default=None, repr=False, compare=False)
    # What was found for each name, while it is remembered.
    _verdicts: dict[str, Verdict | None] | None = field(
        default=None, repr=False, compare=False
    )

    @property
    def kept(self) -> set[str]:
        """The names of asyncio that the project keeps."""
        return {name for name in self.overridden if self.rows[name].keep}

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Look up each name once, for as long as no table or definition changes."""
        before, self._verdicts = self._verdicts, {}
        try:
            yield
        finally:
            self._verdicts = before

    def verdict(self, qualified: str) -> Verdict | None:
        """Return the row of a qualified name, its new name, or its table's `*` row.

        What the project says counts before what comes with twingen, and that is not
        for names which the sources define.
        """
        if self._verdicts is None:
            return self._looked_up(qualified)
        if qualified not in self._verdicts:
            self._verdicts[qualified] = self._looked_up(qualified)
        return self._verdicts[qualified]

    def _looked_up(self, qualified: str) -> Verdict | None:
        home = qualified.rpartition(".")[0]
        for row in (qualified, f"{home}.*"):
            if row in self.own:
                self.used.add(row)
                return self.rows[row]
        if self.renames is not None:
            twin = self.renames.twin_of(qualified)
            if twin is not None:
                return Verdict(becomes=twin)
            if self.renames.is_own(qualified):
                return None
        found = self.rows.get(qualified) or self._in_module(qualified)
        return found or self.rows.get(f"{home}.*")

    def _in_module(self, qualified: str) -> Verdict | None:
        """Return the new name of what is in a module that has a row itself."""
        module, _, name = qualified.rpartition(".")
        if self.renames is None or not self.renames.is_imported(module):
            return None
        twin = self.module_twin(module)
        return None if twin is None else Verdict(becomes=f"{twin}.{name}")

    def module_twin(self, module: str) -> str | None:
        """Return the module in whose place another one stands in the twin, if it has.

        That is a row of its own, of which each name in the module is found there.
        """
        if self.renames is not None and self.renames.is_own(module):
            return None
        home = module.rpartition(".")[0]
        if home and (module in self.own or f"{home}.*" not in self.own):
            row = self.verdict(module)
            if row is not None and row.becomes:
                is_of_runtime = row.becomes.startswith("twingen.runtime.")
                return None if is_of_runtime else row.becomes
        whole = self.renames.whole_module(module) if self.renames else None
        return whole or self._package_of(module)

    def _package_of(self, module: str) -> str | None:
        """Return the package that all names of a closed module in it become names of.

        So `redis` stands in the twin where `redis.asyncio` does.
        """
        if not self.is_closed(module) or "." not in module:
            return None
        if module not in self._packages:
            homes = {
                row.becomes.rpartition(".")[0]
                for name, row in self.rows.items()
                if row.becomes and name.rpartition(".")[0] == module
            }
            one = homes.pop() if len(homes) == 1 else ""
            is_above = bool(one) and module.startswith(f"{one}.")
            self._packages[module] = one if is_above else None
        return self._packages[module]

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
        if twin is not None:
            if f"methods.{name}" in self.own:
                self.used.add(f"methods.{name}")
            return twin
        if self.method_patterns is None:
            return None
        found = self.method_patterns.find(name)
        if found is None:
            return None
        self.used.add(f"methods.{found.pattern}")
        return found.filled

    def member_of(self, owner: str, name: str) -> Verdict | None:
        """Return the row that a class of a library has for its member."""
        qualified = f"{owner}.{name}"
        row = self.rows.get(qualified)
        if row is None or (self.renames and self.renames.is_own(owner)):
            return None
        if qualified in self.own:
            self.used.add(qualified)
            if not (row.becomes or row.keep or row.refuse):
                raise ConfigurationError(
                    f"{self.own[qualified]}: {qualified} is a member of a class, and "
                    "its row can only say what it is called, keep or refuse it"
                )
        return row

    def awaited_of(self, qualified: str) -> Verdict | None:
        """Return what is said of all that is awaited of a package and has no row.

        The row is called `await`, which no name of a module can be.
        """
        row = f"{qualified.partition('.')[0]}.await"
        if row in self.own:
            self.used.add(row)
        return self.rows.get(row)

    def may_rename(self, name: str) -> bool:
        """Return whether any class or any object may have another name for a member.

        Where it is so, it depends on the class; a row that refuses counts, too.
        """
        return (
            self.has_row_of_member(name)
            or name in self.methods
            or self.method_patterns is not None
            or (self.own_methods is not None and self.own_methods.may_rename(name))
        )

    def has_row_of_member(self, name: str) -> bool:
        """Return whether any row is for a member, or anything else, of this name."""
        if self._members is None:
            self._members = {row.rpartition(".")[2] for row in self.rows}
        return name in self._members

    def classes_renaming(self, name: str) -> set[str]:
        """Return the classes whose rows give a member of this name another one."""
        if self._renaming is None:
            self._renaming = {}
            for each in filter(self.rows_become, self.own):
                owner, _, last = each.rpartition(".")
                if is_named_like_class(owner):
                    self._renaming.setdefault(last, set()).add(owner)
        return self._renaming.get(name, set())

    def rows_become(self, qualified: str) -> bool:
        """Return whether a row gives another name."""
        row = self.rows.get(qualified)
        last = qualified.rpartition(".")[2]
        return row is not None and row.becomes.rpartition(".")[2] not in ("", last)

    def may_be_twin(self, name: str) -> bool:
        """Return whether a method of the sources may get this name in the twin."""
        own = self.own_methods
        return (
            name in self.methods.values()
            or name in DUNDERS.values()
            or (own is not None and own.may_become(name))
        )

    def renamed_from(self, module: str) -> set[str]:
        """Return the names of a module that are others in the twin, or have none."""
        rows = {
            name.rpartition(".")[2]
            for name, row in self.rows.items()
            if name.rpartition(".")[0] == module and not row.keep
        }
        return rows | set(self.renames.words() if self.renames else ())

    def is_closed(self, module: str) -> bool:
        """Return whether every name of a module needs a row."""
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
        with self.remembering():  # or else who uses it later would not be noted
            verdict = self.verdict(qualified)
        self.used = used[0]
        if self.renames:
            self.renames.used = used[1]
        becomes = verdict.becomes if verdict else ""
        return (becomes or qualified).rpartition(".")[2]

    def add(self, tables: Mapping[str, Any], where: str) -> list[str]:
        """Add parsed tables; return the qualified names that they define."""
        added = []
        self._renaming = self._members = None
        packages = {module.split(".")[0] for module in tables} - {"methods", "builtins"}
        for module, table in tables.items():
            if not isinstance(table, Mapping):
                raise ConfigurationError(
                    f"{where}: {module} must be a table of names and verdicts"
                )
            built_in = where.startswith("libraries/")
            if module == "methods":
                rows = dict(_method_names(table, where))
                patterns = {name: rows[name] for name in rows if "*" in name}
                self.methods.update({n: rows[n] for n in rows if n not in patterns})
                if patterns:
                    self.method_patterns = Patterns(patterns, str.isidentifier)
                for name in rows:
                    if not built_in:  # any object may have it now
                        self._add_own(f"methods.{name}", where)
                        self.method_owners.pop(name, None)
                    elif packages:
                        self.method_owners.setdefault(name, set()).update(packages)
                continue
            for name, row in table.items():
                qualified = f"{module}.{name}"
                verdict = _verdict(row, f"{where}: {qualified}")
                if not built_in:
                    self._check_rules(module, name, verdict, where)
                    self._add_own(qualified, where)
                    self._override(qualified, verdict, f"{where}: {qualified}")
                self.rows[qualified] = verdict
                self._packages.clear()
                added.append(qualified)
        return added

    def _check_rules(
        self, module: str, name: str, verdict: Verdict, where: str
    ) -> None:
        """Refuse a row for a name that a rule converts, which would not ask for it."""
        if verdict.refuse or verdict.rule:
            return
        before = f"{module}." if name == "*" else f"{module}.{name}"
        left = () if name == "*" else _OVERRIDDEN
        for each, row in self.rows.items():
            same = each == before or (name == "*" and each.rpartition(".")[0] == module)
            if same and row.rule not in ("", *left) and each not in self.own:
                raise ConfigurationError(
                    f"{where}: {module}.{name} is a row for {each}, which the rule "
                    f"{row.rule} of twingen converts; such a row can only refuse it"
                )

    def _add_own(self, row: str, where: str) -> None:
        """Remember where a row stands; only those of a plug-in can be replaced."""
        before = self.own.get(row, "plug-in")
        if not before.startswith("plug-in"):
            raise ConfigurationError(
                f"{where}: {row} has a row in {before} already, which this one would "
                "replace; keep one of them"
            )
        self.own[row] = where

    def _override(self, qualified: str, verdict: Verdict, where: str) -> None:
        """Remember that a row of the project stands for a built-in one.

        Raises :class:`ConfigurationError` for what cannot be kept.
        """
        before = self.rows.get(qualified)
        package, _, name = qualified.partition(".")
        if package == "asyncio" and verdict.keep and not _can_be_kept(name):
            raise ConfigurationError(
                f"{where}: {qualified} cannot be kept: it needs an event loop, which "
                "the twin does not have; name its counterpart in the twin, or refuse "
                "it"
            )
        if before is not None or package == "asyncio":
            self.overridden[qualified] = before.rule if before is not None else ""

    def copy(self) -> Libraries:
        """Return tables that can be added to without touching these."""
        owners = {name: set(each) for name, each in self.method_owners.items()}
        return Libraries(
            dict(self.rows), dict(self.methods), owners, own=dict(self.own)
        )

    def as_json(self) -> dict[str, Any]:
        """Return what built-in tables say; equal verdicts are there once."""
        numbers = {row: n for n, row in enumerate(dict.fromkeys(self.rows.values()))}
        return {
            "verdicts": [_said(row) for row in numbers],
            "rows": {name: numbers[row] for name, row in self.rows.items()},
            "methods": self.methods,
            "owners": {name: sorted(own) for name, own in self.method_owners.items()},
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Libraries:
        """Return what `as_json` was made of, without a check of its rows."""
        verdicts = [Verdict(**row) for row in found["verdicts"]]
        return cls(
            {name: verdicts[number] for name, number in found["rows"].items()},
            dict(found["methods"]),
            {name: set(owners) for name, owners in found["owners"].items()},
        )


def _said(row: Verdict) -> dict[str, Any]:
    """Return the fields of a verdict that are set."""
    return {f.name: value for f in fields(row) if (value := getattr(row, f.name))}


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
    name = where.rpartition(".")[2]
    unknown = sorted(set(row) - known) if isinstance(row, Mapping) else []
    hints = "".join(did_you_mean(each, known) for each in unknown)
    if isinstance(row, Mapping) and row and not (hints or set(row) & known):
        raise ConfigurationError(
            f"{where} contains rows; the name of a class or a module is quoted "
            f'as a whole: [tool.twingen.libraries."{where.rpartition(": ")[2]}"]'
        )
    if (
        not isinstance(row, Mapping)
        or not set(row) <= known
        or not is_dotted_name(str(row.get("becomes", "x")))
    ):
        raise ConfigurationError(
            f"{where} must be a dotted name or a table with one of "
            f"{', '.join(sorted(known - {'instead', 'coroutine'}))}{hints}"
        )
    if len(set(row) - {"instead", "coroutine"}) != 1:
        raise ConfigurationError(f"{where} must have exactly one verdict")
    for key, value in row.items():
        if key in ("becomes", "rule", "refuse", "instead"):
            if not isinstance(value, str) or not value:
                raise ConfigurationError(f"{where}: {key} must be a string")
        elif value is not True:
            raise ConfigurationError(
                f"{where}: {key} must be true; remove the row if it should not apply"
            )
    if "instead" in row and "refuse" not in row:
        raise ConfigurationError(f"{where}: instead can only be used with refuse")
    if "coroutine" in row and "becomes" not in row:
        raise ConfigurationError(f"{where}: coroutine can only be used with becomes")
    if name == "*" and not {"keep", "refuse"} & set(row):
        raise ConfigurationError(
            f"{where} is for all other names of the module, and can only keep or "
            "refuse them"
        )
    if "refuse" in row and not row.get("instead"):
        raise ConfigurationError(
            f"{where} refuses without saying what to write instead"
        )
    becomes = row.get("becomes", "")
    return Verdict(**{**row, "becomes": becomes.removeprefix("builtins.")})


# The rules that leave what they convert to a row of the project for the same name.
_OVERRIDDEN = ("coroutine_test", "sleep_call")
# Names of asyncio that work without an event loop, except for its exceptions.
_WITHOUT_LOOP = {
    *("iscoroutine", "iscoroutinefunction", "isfuture"),
    *("FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"),
}


def _can_be_kept(name: str) -> bool:
    """Return whether a name of asyncio may be used where no event loop runs."""
    if name in _WITHOUT_LOOP:
        return True
    import asyncio  # most projects keep none, and it takes long to load

    found = getattr(asyncio, name, None)
    if found is None:  # a module, or newer than this Python
        return name.endswith("Error")
    return isinstance(found, type) and issubclass(found, BaseException)


@lru_cache(maxsize=2)
def _built_in(tasks: Tasks) -> Libraries:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    libraries = Libraries()
    folder = Path(__file__).parents[2] / "libraries"
    tables = {entry.name: entry for entry in folder.iterdir()}
    if tasks == "turns":
        others = (folder / "cooperative_tasks").iterdir()
        tables.update((entry.name, entry) for entry in others)
    for name, table in sorted(tables.items()):
        if name.endswith(".toml"):
            text = table.read_text(encoding="utf-8")
            libraries.add(tomllib.loads(text), f"libraries/{name}")
    return libraries


def built_in_libraries(tasks: Tasks = "threads") -> Libraries:
    """Return a fresh copy of the tables that come with twingen.

    Where tasks take turns, the tables in `libraries/cooperative_tasks` stand for those
    of the same names.
    """
    return _built_in(tasks).copy()


def check_members(libraries: Libraries, classes: Collection[str]) -> None:
    """Raise :class:`ConfigurationError` for a row of a member of the sources.

    Its definition and its calls would stay as they are.
    """
    for row, where in libraries.own.items():
        owner, _, name = row.rpartition(".")
        if owner in classes:
            last = owner.rpartition(".")[2]
            raise ConfigurationError(
                f"{where}: {row} is a method of a class of the sources; rename it in "
                f'tool.twingen.methods, as in "{last}.{name}" = "..."'
            )
