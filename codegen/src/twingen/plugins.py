"""Loads the rules and tables of the plug-ins that a configuration names.

A plug-in is an installed distribution with an entry point in one or both of the
groups below. Those that are not named are never looked at: the same source gives
the same bytes whatever else is installed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import libcst as cst

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from .analysis.symbols.library_tables import Libraries
from .diagnostics.codes import CODES
from .diagnostics.diagnostic import ConfigurationError
from .diagnostics.refusal import Refused
from .rules import RULES
from .rules.rule import Replacement, Rule, Site

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

RULES_GROUP = "twingen.rules"
TABLES_GROUP = "twingen.tables"
# Rules of twingen that any name can have.
_READING_ROWS = {"wait_for_call"}
_CODE = re.compile(r"(?!TW\d)[A-Z]{2,8}\d{3}")
_NODES = (cst.CSTNode, cst.RemovalSentinel, cst.FlattenSentinel)


@dataclass(frozen=True)
class Plugins:
    """twingen's own rules and those of the plug-ins, and the plug-ins' tables."""

    rules: tuple[Rule, ...] = RULES
    tables: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    def add_tables(self, libraries: Libraries) -> None:
        """Put the tables of the plug-ins over the built-in ones."""
        for where, table in self.tables:
            libraries.add(table, where)

    def check_rows(self, libraries: Libraries) -> None:
        """Raise :class:`ConfigurationError` for a row with a rule that is not there.

        Such a name would be left as it is.
        """
        known = {rule.name for rule in self.rules}
        of_names = {rule.name for rule in RULES} - _READING_ROWS
        for name, row in libraries.rows.items():
            if row.rule in of_names and name in libraries.own:
                raise ConfigurationError(
                    f'{libraries.own[name]}: {name} = {{ rule = "{row.rule}" }}: that '
                    "rule is for names of its own; say what the name becomes instead"
                )
            if row.rule and row.rule not in known:
                raise ConfigurationError(
                    f'{name} = {{ rule = "{row.rule}" }}: there is no such rule; '
                    "is its plug-in named in tool.twingen.plugins?"
                )


def load_plugins(names: Sequence[str]) -> Plugins:
    """Load the plug-ins of these names, which are those of their entry points.

    Raises :class:`ConfigurationError` that names the plug-in which is not
    installed, cannot be loaded, or is at odds with another.
    """
    rules = list(RULES)
    tables: list[tuple[str, Mapping[str, Any]]] = []
    for name in names:
        for_rules = _entry_point(RULES_GROUP, name)
        for_tables = _entry_point(TABLES_GROUP, name)
        if for_rules is None and for_tables is None:
            raise ConfigurationError(_not_installed(name))
        if for_rules is not None:
            rules += _rules(name, _loaded(name, for_rules))
        if for_tables is not None:
            tables += _tables(name, _loaded(name, for_tables))
    _check_rules(rules)
    _check_tables(tables)
    return Plugins(tuple(rules), tuple(tables))


def _entry_point(group: str, name: str) -> EntryPoint | None:
    from importlib.metadata import entry_points  # few projects have plug-ins

    found = list(entry_points(group=group, name=name))
    if len(found) > 1:
        owners = sorted(point.dist.name if point.dist else "?" for point in found)
        raise ConfigurationError(
            f"plug-in {name}: {' and '.join(owners)} both have an entry point of that "
            f"name in {group}; uninstall one of them"
        )
    return found[0] if found else None


def _not_installed(name: str) -> str:
    groups = (RULES_GROUP, TABLES_GROUP)
    from importlib.metadata import entry_points

    known = sorted({p.name for group in groups for p in entry_points(group=group)})
    return (
        f"plug-in {name} is not installed: no entry point of that name in "
        f"{' or '.join(groups)} (there are: {', '.join(known) or 'none'})"
    )


def _loaded(name: str, point: EntryPoint) -> object:
    try:
        loaded: object = point.load()
    except Exception as error:  # whatever a foreign module raises
        raise ConfigurationError(
            f"plug-in {name}: {point.value} cannot be loaded: {_said(error)}"
        ) from error
    return loaded


def _rules(name: str, offered: object) -> Iterator[Rule]:
    """Yield the rules of a module, or of a list, as those of the plug-in."""
    if isinstance(offered, ModuleType):
        found = [value for value in vars(offered).values() if isinstance(value, Rule)]
    elif isinstance(offered, Iterable):
        found = list(offered)
    else:
        found = []
    if not found or not all(isinstance(rule, Rule) for rule in found):
        raise ConfigurationError(
            f"plug-in {name}: {RULES_GROUP} must be a module with rules or a list of "
            "rules, made with @twingen.rewrite"
        )
    for rule in found:
        if not _CODE.fullmatch(rule.code):
            raise ConfigurationError(
                f"plug-in {name}: the code {rule.code} of {rule.name} must be 2 to 8 "
                "capital letters, other than TW, and three digits"
            )
        if not rule.manual.strip():
            raise ConfigurationError(
                f"plug-in {name}: the module of {rule.name} has no docstring, which "
                "is the rule's manual"
            )
        yield replace(rule, apply=_Guarded(name, rule), plugin=name)


@dataclass(frozen=True)
class _Guarded:
    """Applies a rule; whatever goes wrong in it is laid at its plug-in's door."""

    name: str
    rule: Rule

    def __call__(self, site: Site[Any]) -> Replacement:
        try:
            result = self.rule.apply(site)
        except Refused:
            raise
        except Exception as error:  # whatever a foreign function raises
            raise self._failed(site, f"failed: {_said(error)}") from error
        if result is not None and not isinstance(result, _NODES):
            raise self._failed(site, f"returned {result!r}, which is not a node")
        return result

    def _failed(self, site: Site[Any], what: str) -> ConfigurationError:
        place = site.names.place(site.old)
        line = f":{place.start.line}" if place else ""
        return ConfigurationError(
            f"plug-in {self.name}: {self.rule.name} {what} "
            f"(at {site.names.module}{line})"
        )


def _tables(name: str, offered: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the tables of a mapping, of a file, or of the TOML files of a package."""
    if isinstance(offered, Mapping):
        yield f"plug-in {name}", offered
        return
    if isinstance(offered, ModuleType) and hasattr(offered, "__path__"):
        folder = resources.files(offered).iterdir()
        files = [file for file in folder if file.name.endswith(".toml")]
    elif isinstance(offered, (str, Path)):
        files = [Path(offered)]
    else:
        files = []
    if not files:
        raise ConfigurationError(
            f"plug-in {name}: {TABLES_GROUP} must be a mapping, the path of a TOML "
            "file, or a package with TOML files"
        )
    for file in sorted(files, key=lambda file: file.name):
        where = f"plug-in {name}: {file.name}"
        try:
            yield where, tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:  # not there, not UTF-8, not TOML
            raise ConfigurationError(f"{where} cannot be read: {error}") from None


def _check_rules(rules: Sequence[Rule]) -> None:
    """Raise for a code or a name that two rules have."""
    known = {word: "twingen" for code in CODES for word in (code.code, code.name)}
    for rule in rules:
        for word in (rule.code, rule.name):
            if word in known:
                raise ConfigurationError(
                    f"{known[word]} and {rule.plugin} both have a rule {word}; codes "
                    "and names of rules must differ"
                )
        known |= {rule.code: rule.plugin, rule.name: rule.plugin}


def _check_tables(tables: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """Raise for a row that two tables have: which one counts would be their order."""
    known: dict[tuple[str, str], str] = {}
    for where, table in tables:
        for module, rows in table.items():
            for name in rows if isinstance(rows, Mapping) else ():
                if (module, name) in known:
                    raise ConfigurationError(
                        f"{known[module, name]} and {where} both have a row for "
                        f"{module}.{name}"
                    )
                known[module, name] = where


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
