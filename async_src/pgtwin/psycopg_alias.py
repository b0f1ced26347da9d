"""Replaces psycopg by pgtwin for modules that import psycopg later.

psycopg's own modules, and pgtwin's, still import psycopg itself. For all other modules,
names for which pgtwin has a replacement are replaced, and no others.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Container, Iterable, Iterator
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

from psycopg.types import TypeInfo

# What stands for psycopg's packages.
OURS = {"psycopg": "pgtwin", "psycopg_pool": "pgtwin.pool"}
# Those whose imports of psycopg mean psycopg.
INSIDE = frozenset(
    ("pgtwin", "pgtwin_sync", "psycopg", "psycopg_binary", "psycopg_c", "psycopg_pool")
)
# What a module has for the import system and for `inspect`.
IMPORT_NAMES = (
    *("__name__", "__doc__", "__package__", "__loader__", "__spec__"),
    *("__path__", "__file__", "__cached__"),
)


class Alias(ModuleType):
    """Stands for a module of psycopg in `sys.modules`: its names, with ours for theirs.

    Whoever sets an attribute sets one of this object, and all see it.
    """

    def __init__(
        self, theirs: ModuleType, ours: ModuleType | None, replaced: dict[int, Any]
    ) -> None:
        super().__init__(theirs.__name__, theirs.__doc__)
        vars(self).update(
            (name, value)
            for name, value in vars(theirs).items()
            if name in IMPORT_NAMES
        )
        vars(self).update(_theirs=theirs, _ours=ours, _replaced=replaced)

    def __getattr__(self, name: str) -> Any:
        theirs, ours, replaced = self._theirs, self._ours, self._replaced
        inside = _is_inside(sys._getframe(1).f_globals.get("__name__"))
        if name == "__all__":
            return _public(theirs)
        if not inside and name not in vars(theirs) and ours and name in ours.__all__:
            return getattr(ours, name)
        value = getattr(theirs, name)
        return value if inside else replaced.get(id(value), value)

    def __dir__(self) -> list[str]:
        names = {*vars(self), *dir(self._theirs)} - {"_theirs", "_ours", "_replaced"}
        return sorted(names)


def install_as_psycopg() -> None:
    """Have `import psycopg`, and `psycopg_pool`, give pgtwin's classes from now on.

    For libraries that import psycopg themselves: call it before they are imported,
    best in the first lines of a program. `psycopg.__version__` is psycopg's, which
    says what the library may expect; what pgtwin has nothing in place of, as private
    modules, is psycopg's own. A second call does nothing.

    Names that modules took from psycopg earlier stay psycopg's: then a
    `RuntimeWarning` names these modules. Connections of psycopg's that they open go on
    to work.
    """
    if isinstance(sys.modules.get("psycopg"), Alias):
        return
    # All that pgtwin takes from psycopg is taken before it is covered.
    for name in _modules("pgtwin"):
        if name.startswith(("pgtwin.aio", "pgtwin.core")):
            _try_import(name)
    for name in _modules("pgtwin_sync"):
        _try_import(name)
    packages = ["psycopg"]
    if _try_import("pgtwin.pool") is not None:
        packages.append("psycopg_pool")
    for name in _modules("psycopg"):
        if not any(part.startswith("_") for part in name.split(".")):
            _try_import(name)
    replaced = dict(_replacements(packages))
    covered = [
        name
        for name, module in sorted(sys.modules.items())
        if name in packages
        or (name.partition(".")[0] in packages and _has_any(module, replaced))
    ]
    wanted = {*replaced, *(id(sys.modules[name]) for name in covered)}
    early = [
        name
        for name, module in sorted(sys.modules.items())
        if not _is_inside(name) and _has_any(module, wanted)
    ]
    for name in covered:
        _cover(name, replaced)
    if early:
        warnings.warn(
            f"psycopg was imported before by {', '.join(early)}: the names taken there "
            "stay psycopg's; call pgtwin.install_as_psycopg() before these modules "
            "are imported",
            RuntimeWarning,
            stacklevel=2,
        )


def _is_inside(module: object) -> bool:
    return isinstance(module, str) and module.partition(".")[0] in INSIDE


def _modules(package: str) -> Iterator[str]:
    """Yield the names of all modules of a package, which is imported."""
    yield package
    path = import_module(package).__path__
    for info in walk_packages(path, f"{package}."):
        yield info.name


def _try_import(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except (AttributeError, ImportError):
        # It needs a package that is not here, or has other names: pgtwin-native.
        return None


def _public(module: ModuleType) -> list[str]:
    names: Iterable[str] = getattr(module, "__all__", vars(module))
    return [name for name in names if not name.startswith("_")]


def _replacements(packages: Iterable[str]) -> Iterator[tuple[int, Any]]:
    """Yield the identity of each object of psycopg's that pgtwin has another for."""
    for name, theirs in list(sys.modules.items()):
        package, _, rest = name.partition(".")
        if package not in packages:
            continue
        if package != "psycopg" and rest:
            continue
        place = OURS[package]
        ours = _try_import(f"{place}.{rest}" if rest else place)
        if ours is None:
            continue
        for public in _public(theirs):
            value = vars(theirs).get(public)
            mine = getattr(ours, public, value)
            if mine is value or not callable(value):
                continue
            if isinstance(value, type) and issubclass(value, TypeInfo):
                continue  # psycopg's own takes connections of ours
            yield id(value), mine


def _has_any(module: object, identities: Container[int]) -> bool:
    """Return whether a module has one of these objects under a name."""
    values = list(vars(module).values()) if isinstance(module, ModuleType) else []
    return any(id(value) in identities for value in values)


def _cover(name: str, replaced: dict[int, Any]) -> None:
    """Put an alias in the place of a module."""
    theirs = sys.modules[name]
    ours = import_module(OURS[name]) if name == "psycopg" else None
    alias = Alias(theirs, ours, replaced)
    sys.modules[name] = alias
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, alias)
