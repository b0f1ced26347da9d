"""What classes outside of the sources have: of the project itself and of libraries.

A class of the sources may inherit `close` from a class that twingen never converts, and
a package written by hand may import classes of the sources for its users. Both are
looked up where they are installed: the standard library is imported, everything else is
read and never run.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .definitions import Definitions

# Modules of the standard library that do something when they are imported.
_NOT_IMPORTED = {"antigravity", "idlelib", "this", "turtledemo"}
# In what was read: the Python, and the folders in which modules are searched.
_ENVIRONMENT = ""
_ASYNCHRONOUS = {"__aenter__", "__aexit__", "__aiter__", "__anext__"}


def look_up(definitions: Definitions, folders: Mapping[str, Path]) -> Mapping[str, str]:
    """Learn what the sources use of classes outside of them.

    `folders` are those that hold the packages of the project, by the packages' names.
    Return what was read for it, see `is_as_read`.
    """
    outside = Outside(folders)
    own = {module.partition(".")[0] for module in definitions.modules}
    imported = _imported(definitions)
    for module in sorted(imported - definitions.modules.keys()):
        if module.partition(".")[0] in own:
            imported |= {f"{module}.{name}" for name in outside.names_imported(module)}
    for qualified in sorted(imported):
        # A module that was written by hand may import it from the sources.
        if definitions.module_of(qualified) is None and qualified.split(".")[0] in own:
            origin = outside.origin(qualified)
            if definitions.module_of(origin) is not None:
                definitions.reexported[qualified] = origin
                package = qualified.rpartition(".")[0]
                definitions.offered.update(outside.of_twins(package, definitions))
    changing = _changing(definitions)
    for owner in sorted(definitions.classes):
        above = list(definitions.bases(owner))
        for each in above if changing.intersection(above) else ():
            if each not in definitions.classes and each not in definitions.outside:
                names = outside.members(each)
                if names is not None:
                    definitions.outside[each] = " ".join(sorted(names))
    return outside.read


def is_as_read(read: Mapping[str, str], folders: Mapping[str, Path]) -> bool:
    """Return whether `look_up` would read the same again, for the same definitions."""
    outside = Outside(folders)
    modules = [module for module in read if module != _ENVIRONMENT]
    return outside.read.get(_ENVIRONMENT) == read.get(_ENVIRONMENT) and all(
        outside.state(module)[0] == read[module] for module in modules
    )


def _imported(definitions: Definitions) -> set[str]:
    return {*definitions.borrowed.values(), *definitions.reexported.values()}


def _changing(definitions: Definitions) -> set[str]:
    """Return the classes that have members which the twin may call otherwise."""
    members = (each.rpartition(".") for each in definitions.members)
    found = {owner for owner, _, name in members if name in _ASYNCHRONOUS}
    return found | {each.rpartition(".")[0] for each in definitions.asynchronous}


class Outside:
    """Finds modules and classes that are no sources, and what these have."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = folders
        self._installed = list(_installed())
        self._trees: dict[str, ast.Module | None] = {}
        # What was read of each module that was asked for, and where was searched.
        searched = map(str, self._installed)
        self.read = {_ENVIRONMENT: "\n".join([sys.version, *searched])}

    def members(self, qualified: str) -> set[str] | None:
        """Return the names that a class has, with its bases; `None` if it is unknown.

        A base that is not found has nothing.
        """
        if qualified.partition(".")[0] in {*sys.stdlib_module_names, "builtins"}:
            return _members_of_standard(qualified)
        found: set[str] = set()
        definition = self._definition(qualified, found=set())
        if definition is None:
            return None
        waiting, seen = [definition], {definition[0]}
        while waiting:
            module, node = waiting.pop()
            home = module.rpartition(".")[0]
            found.update(_names_in(node))
            for base in node.bases:
                dotted = ast.unparse(
                    base.value if isinstance(base, ast.Subscript) else base
                )
                above = f"{home}.{dotted}"
                known = self._definition(above, found=set())
                if known is not None and known[0] not in seen:
                    seen.add(known[0])
                    waiting.append(known)
                elif known is None:
                    origin = self.origin(above)
                    if origin.split(".")[0] in {*sys.stdlib_module_names, "builtins"}:
                        found |= _members_of_standard(origin) or set()
                    elif hasattr(builtins, dotted):
                        found |= _members_of_standard(f"builtins.{dotted}") or set()
        return found

    def origin(self, qualified: str) -> str:
        """Return where a name is defined that modules may import from each other."""
        seen: set[str] = set()
        while qualified not in seen:
            seen.add(qualified)
            module, name, rest = self._split(qualified)
            if module is None:
                break
            above = self._imported(module, name)
            if above is None:
                break
            qualified = f"{above}{rest}"
        return qualified

    def names_imported(self, module: str) -> Iterator[str]:
        """Yield what a module imports by name, for code that asks it for attributes."""
        tree = self._tree(module)
        for node in tree.body if tree is not None else ():
            if isinstance(node, ast.ImportFrom):
                yield from (each.asname or each.name for each in node.names)

    def of_twins(self, package: str, known: Definitions) -> Iterator[tuple[str, str]]:
        """Yield the names that a package imports from twins, and what they are there.

        That is only what nothing else in it binds, and no condition does.
        """
        tree = self._tree(package)
        twins = set(known.modules.values()) - set(known.modules)
        bound = [*_bindings(tree)] if tree is not None else []
        for node in tree.body if tree is not None else ():
            if not isinstance(node, ast.ImportFrom):
                continue
            home = self._absolute(package, node)
            for alias in node.names if home in twins else ():
                name = alias.asname or alias.name
                if bound.count(name) == 1:
                    yield f"{package}.{name}", f"{home}.{alias.name}"

    def _split(self, qualified: str) -> tuple[str | None, str, str]:
        """Return the module of a name, the name, and what stands behind it."""
        parts = qualified.split(".")
        for end in range(len(parts) - 1, 0, -1):
            module = ".".join(parts[:end])
            if self._tree(module) is not None:
                rest = parts[end + 1 :]
                return module, parts[end], "".join(f".{each}" for each in rest)
        return None, qualified, ""

    def _definition(
        self, qualified: str, found: set[str]
    ) -> tuple[str, ast.ClassDef] | None:
        """Return a class with its qualified name, wherever it is defined."""
        origin = self.origin(qualified)
        module, name, rest = self._split(origin)
        if module is None or rest or origin in found:
            return None
        tree = self._tree(module)
        for node in _statements(tree.body if tree is not None else []):
            if isinstance(node, ast.ClassDef) and node.name == name:
                return origin, node
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Name)
                and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
            ):
                other = f"{module}.{node.value.id}"
                return self._definition(other, {*found, origin})
        return None

    def _imported(self, module: str, name: str) -> str | None:
        """Return what a module imports under a name, in a function too."""
        tree = self._tree(module)
        if tree is None or any(
            isinstance(each, ast.ClassDef) and each.name == name
            for each in _statements(tree.body)
        ):
            return None
        stars: list[str] = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.asname == name or (
                        not alias.asname and alias.name == name
                    ):
                        return alias.name
            if not isinstance(node, ast.ImportFrom):
                continue
            home = self._absolute(module, node)
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return f"{home}.{alias.name}"
                if alias.name == "*":
                    stars.append(home)
        for home in stars:
            star = self._tree(home)
            if star is not None and name in _bound(star):
                return f"{home}.{name}"
        return None

    def _absolute(self, module: str, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        path = self._path(module)
        is_package = path is not None and path.name == "__init__.py"
        parts = module.split(".")
        parts = parts[: len(parts) - node.level + is_package]
        return ".".join([*parts, *filter(None, [node.module])])

    def _tree(self, module: str) -> ast.Module | None:
        if module not in self._trees:
            self._trees[module] = None
            self.read[module], content = self.state(module)
            if content is not None:
                # What cannot be read says nothing.
                with suppress(SyntaxError, ValueError, RecursionError):
                    self._trees[module] = ast.parse(content)
        return self._trees[module]

    def state(self, module: str) -> tuple[str, bytes | None]:
        """Return a fingerprint of a module's file, and its content."""
        path = self._path(module)
        if path is None:
            return "", None
        try:
            content = path.read_bytes()
        except OSError:
            return f"{path}", None
        return f"{path} {hashlib.sha256(content).hexdigest()[:32]}", content

    def _path(self, module: str) -> Path | None:
        first, *rest = module.split(".")
        if (
            first in sys.stdlib_module_names
            or not module.replace(".", "").isidentifier()
        ):
            return None
        own = self._folders.get(first)
        for folder in [own] if own is not None else self._installed:
            path = os.path.join(folder, first, *rest)
            for file in (os.path.join(path, "__init__.py"), f"{path}.py"):
                if os.path.isfile(file):
                    return Path(file)
        return None


def _installed() -> Iterator[Path]:
    """Yield the folders of what is installed, here and in the active environment."""
    yield from (Path(each) for each in sys.path if each)
    active = os.environ.get("VIRTUAL_ENV")
    if active:
        yield from sorted(Path(active).glob("lib/python3*/site-packages"))
        yield Path(active) / "Lib" / "site-packages"


def _members_of_standard(qualified: str) -> set[str] | None:
    """Return what a class of the standard library has."""
    module, _, name = qualified.rpartition(".")
    if module.split(".")[0] in _NOT_IMPORTED:
        return None
    try:
        found = getattr(import_module(module), name)
    except (AttributeError, ImportError, ValueError):
        return None
    found = getattr(found, "__origin__", found)  # typing.Dict
    return set(dir(found)) - set(dir(object)) if isinstance(found, type) else None


def _names_in(owner: ast.ClassDef) -> Iterator[str]:
    """Yield what the body of a class binds, and its methods on `self`."""
    yield from _bound(owner)
    for node in ast.walk(owner):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
        ):
            yield node.attr


def _bound(holder: ast.Module | ast.ClassDef) -> set[str]:
    return set(_bindings(holder))


def _bindings(holder: ast.Module | ast.ClassDef) -> Iterator[str]:
    """Yield the names that a body binds, each as often as it does."""
    for node in _statements(holder.body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (each.id for each in node.targets if isinstance(each, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (each.asname or each.name for each in node.names)


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements and those of their blocks, but of classes and functions."""
    for node in body:
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from _statements(node.body)
            yield from _statements(getattr(node, "orelse", []))
            yield from _statements(getattr(node, "finalbody", []))
            for handler in getattr(node, "handlers", []):
                yield from _statements(handler.body)
