"""What is to be done beside a proposed configuration, from what a project holds.

Lines that export the twin, twins written by hand, exceptions that both sides should
share, and what to move out of a package that is one folder for both.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..meaning.definitions import Definitions
from ..meaning.renames import Renames
from .disk import display
from .proposal import Proposal, ProposedTree

_NAMED = 3  # how many names or files a sentence lists
_EXCEPTIONS = {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}


def notes(proposal: Proposal) -> list[str]:
    """Return paragraphs of advice, the most pressing first."""
    project = _Project(proposal)
    found: list[str] = []
    for tree in proposal.trees:
        if tree.module:
            found += project.of_tree(tree)
    return found


class _Project:
    """The modules of a project by what they are imported as."""

    def __init__(self, proposal: Proposal) -> None:
        self._folder = proposal.folder
        self._parsed = proposal.parsed
        patterns = {k: v for k, v in proposal.renames.items() if "." not in k}
        self._renames = Renames(patterns, Definitions())

    def of_tree(self, tree: ProposedTree) -> Iterator[str]:
        flat = tree.module == tree.package
        if flat:
            yield from self._moves(tree)
        else:
            yield from self._written(tree)
            yield from self._exceptions(tree)
            yield from self._exports(tree)

    # -- a package that is one folder for both ----------------------------------

    def _moves(self, tree: ProposedTree) -> Iterator[str]:
        """Propose to move what waits, where something else is there too."""
        modules = self._modules(tree)
        moving = _waiting(modules, tree)
        init = tree.source / "__init__.py"
        staying = [path for path in modules if path not in moving and path != init]
        shared = [path for path in staying if _has_code(modules[path])]
        if not shared:
            return
        yield (
            f"{self._shown(tree.target)} would hold a copy of every module, also of "
            f"{self._several(shared)}, which nothing waits in. Two copies of an "
            "exception are a trap: `except` with the class of one side does not catch "
            "what the other raises, nor is isinstance() true; and what a module keeps, "
            "as a registry or a cache, there would be twice."
        )
        home = f"{self._shown(tree.source)}/_async"
        movable = sorted(self._shown(path) for path in moving if path != init)
        if movable:
            yield (
                "Better move what waits into a folder of its own, leave the rest for "
                "both, take this table out of pyproject.toml if it is there, and run "
                f"init again:\n    mkdir {home}\n    touch {home}/__init__.py\n    git "
                f"mv {' '.join(movable)} {home}/\nWhat moved imports what stayed with "
                "one dot more: `from .errors` becomes `from ..errors`. What stayed, as "
                "`__init__`, imports what moved from `._async`."
            )
        if init in moving:
            yield (
                f"{self._shown(init)} waits itself: move that into a module below "
                f"{home} first, and import it from there."
            )

    # -- a folder of the async side -----------------------------------------------

    def _written(self, tree: ProposedTree) -> Iterator[str]:
        """Name what seems to be a twin written by hand, and how to compare it."""
        if tree.target.is_dir():
            yield (
                f"{self._shown(tree.target)} seems to be the twin that you wrote: "
                "`twingen adopt` compares it with the one that would be generated."
            )
            return
        modules = self._modules(tree)
        defined = {path: _classes(module) for path, module in modules.items()}
        for path, names in defined.items():
            beside = tree.source.parent / path.relative_to(tree.source)
            twins = {self._renames.local(name) for name in names}
            others = _classes(self._parsed[beside]) if beside in self._parsed else set()
            if path.name != "__init__.py" and (both := sorted(twins & others)):
                yield (
                    f"{self._shown(beside)} defines {self._listed(both)} as the twin "
                    "will; where that is your sync side, compare: `twingen adopt "
                    f"{self._shown(beside)} --source {self._shown(path)}`."
                )

    def _exceptions(self, tree: ProposedTree) -> Iterator[str]:
        """Name exceptions that both sides would have of their own."""
        modules = self._modules(tree)
        found = {
            path: names
            for path, module in modules.items()
            if (names := _raised(module))
        }
        if not found:
            return
        names = [name for each in found.values() for name in each]
        yield (
            f"{self._several(list(found))} below {self._shown(tree.source)} "
            f"{'defines' if len(found) == 1 else 'define'} {self._listed(names)}, and "
            "the twin will have a class of its own for each. Two copies of an "
            "exception are a trap: `except` with one does not catch the other. Move "
            f"exceptions out of {self._shown(tree.source)}, to a module that both "
            "sides import."
        )

    def _exports(self, tree: ProposedTree) -> Iterator[str]:
        """Return the lines with which the package exports the twin."""
        init = tree.source.parent / "__init__.py"
        module = self._parsed.get(init)
        if module is None:
            return
        package = ".".join(init.parent.relative_to(tree.top).parts)
        imported = list(_imports(module, package))
        bound = {name for _, name, _ in imported} | {as_ for _, _, as_ in imported}
        lines, same = [], []
        for home, name, as_ in imported:
            if home != tree.module and not home.startswith(f"{tree.module}."):
                continue
            twin = self._renames.local(name)
            exported = self._renames.local(as_)
            if exported == as_:
                same.append(as_)
            elif exported not in bound:
                relative = f"{tree.twin}{home[len(tree.module) :]}"[len(package) :]
                lines.append(f"    from {relative} import {twin} as {exported}")
        shown = self._shown(init)
        if lines:
            yield "\n".join([f"Lines for {shown}, to export the twin:", *lines])
        if same:
            yield (
                f"{shown} exports {self._listed(same)}, which the twin calls the same: "
                "users import that from "
                f"{tree.twin}, or add a line to `renames`."
            )
        if not any(home.startswith(tree.module) for home, _, _ in imported):
            yield (
                f"{shown} exports nothing of {tree.module}: users import the twin as "
                f"{tree.twin}."
            )

    # -- words ----------------------------------------------------------------------

    def _modules(self, tree: ProposedTree) -> dict[Path, ast.Module]:
        return {
            path: module
            for path, module in self._parsed.items()
            if tree.source in path.parents
        }

    def _shown(self, path: Path) -> str:
        return display(self._folder, path)

    def _several(self, paths: Sequence[Path]) -> str:
        return self._listed([self._shown(path) for path in paths])

    @staticmethod
    def _listed(names: Sequence[str]) -> str:
        left = len(names) - _NAMED
        more = [f"{left} more"] if left > 0 else []
        *first, last = [*names[:_NAMED], *more]
        return f"{', '.join(first)} and {last}" if first else last


def _waiting(modules: Mapping[Path, ast.Module], tree: ProposedTree) -> set[Path]:
    """Return the modules that wait, and those that import from these.

    What a package's `__init__` imports it exports, from wherever that is.
    """
    found = {
        path
        for path, module in modules.items()
        if any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(module))
    }
    names = {
        path: ".".join(path.relative_to(tree.top).with_suffix("").parts)
        for path in modules
        if path.name != "__init__.py"
    }
    imported = {
        path: {
            dotted
            for home, name, _ in _imports(modules[path], names[path].rpartition(".")[0])
            for dotted in (home, f"{home}.{name}")
        }
        for path in names
    }
    while True:
        moving = {names[path] for path in found if path in names}
        more = {path for path in names if imported[path] & moving} - found
        if not more:
            return found
        found |= more


def _imports(module: ast.Module, package: str) -> Iterator[tuple[str, str, str]]:
    """Yield the module, the name and what it is called for each import of names."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "", alias.asname or "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            home = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            home = ".".join(filter(None, [home, node.module]))
            for alias in node.names:
                yield home, alias.name, alias.asname or alias.name


def _classes(module: ast.Module) -> set[str]:
    return {node.name for node in module.body if isinstance(node, ast.ClassDef)}


def _raised(module: ast.Module) -> list[str]:
    """Return the classes of a module that show that they are exceptions."""
    found: list[str] = []
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
            named = any(base.endswith(("Error", "Exception")) for base in bases)
            if named or bases & {*_EXCEPTIONS, *found}:
                found.append(node.name)
    return found


def _has_code(module: ast.Module) -> bool:
    """Tell whether a module defines something of its own."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.Assign, ast.AnnAssign)
    return any(isinstance(node, kinds) for node in module.body)
