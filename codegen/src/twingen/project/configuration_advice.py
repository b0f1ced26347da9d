"""What is to be done beside a proposed configuration, from what a project holds.

Lines that export the twin, twins written by hand, exceptions that both sides should
share, and what to move out of a package that is one folder for both.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..analysis.symbols.definitions import Definitions
from ..analysis.symbols.renames import Renames
from .configuration_proposal import Proposal, ProposedTree, imported_names
from .files import display

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
    return [*found, *project.tests(proposal.trees)]


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
            f"{self._shown(tree.target)} would contain a copy of every module, even of "
            f"{self._several(shared)}, which never waits. Then each exception would "
            "exist twice: `except` with the class of one side does not catch the "
            "exception of the other, and isinstance() is false. State of a module, "
            "such as a registry or a cache, would exist twice, too."
        )
        home = f"{self._shown(tree.source)}/_async"
        if lines := list(self._commands(moving, tree)):
            told = (
                f"It is better to move the modules that wait to {home}, and to leave "
                "the others for both sides. If this table is in pyproject.toml, "
                "remove it. Then run init again:"
            )
            changed = self._changed_imports(modules, moving, tree)
            yield "\n".join(filter(None, [told, *lines, changed]))
        if init in moving:
            yield (
                f"{self._shown(init)} waits itself: move this code to a module below "
                f"{home} first, and import it from there."
            )

    def _commands(self, moving: set[Path], tree: ProposedTree) -> Iterator[str]:
        """Yield the lines that move modules, with the folders that they are in."""
        folders: dict[Path, list[str]] = {}
        for path in sorted(moving):
            if path.name != "__init__.py":
                folders.setdefault(path.parent, []).append(self._shown(path))
        for folder, paths in folders.items():
            there = tree.source / "_async" / folder.relative_to(tree.source)
            shown = self._shown(there)
            yield f"    mkdir -p {shown}"
            yield f"    touch {shown}/__init__.py"
            yield f"    git mv {' '.join(paths)} {shown}/"

    def _changed_imports(
        self, modules: Mapping[Path, ast.Module], moving: set[Path], tree: ProposedTree
    ) -> str:
        """Say which imports in the package's own folder change when modules move."""
        stems = {path.stem for path in moving if path.parent == tree.source}
        found: dict[bool, set[str]] = {True: set(), False: set()}
        for path, module in modules.items():
            moves = path in moving and path.name != "__init__.py"
            for node in ast.walk(module) if path.parent == tree.source else ():
                if isinstance(node, ast.ImportFrom) and node.level == 1:
                    names = [alias.name for alias in node.names]
                    for name in [node.module] if node.module else names:
                        if (name.partition(".")[0] in stems) != moves:
                            found[moves].add(name)
        one_dot_more = self._change("In what moved", sorted(found[True]), ".")
        inside = self._change("In what stayed", sorted(found[False]), "_async.")
        return " ".join(filter(None, [one_dot_more, inside]))

    def _change(self, where: str, names: Sequence[str], before: str) -> str:
        """Say what relative imports become, by the first of them."""
        if not names:
            return ""
        verb = "becomes" if len(names) == 1 else "become"
        rest = "" if len(names) == 1 else " and so on"
        shown = self._listed([f"`from .{name}`" for name in names], most=8)
        return f"{where}, {shown} {verb} `from .{before}{names[0]}`{rest}."

    # -- a folder of the async side -----------------------------------------------

    def _written(self, tree: ProposedTree) -> Iterator[str]:
        """Name what seems to be a twin written by hand, and how to compare it."""
        if tree.target.is_dir():
            yield (
                f"{self._shown(tree.target)} seems to be the twin that you wrote: "
                "`twingen adopt` compares it with the one that would be generated."
            )
            return
        found: dict[Path, Path] = {}
        for path, module in self._modules(tree).items():
            beside = tree.source.parent / path.relative_to(tree.source)
            twins = {self._renames.local(name) for name in _classes(module)}
            others = _classes(self._parsed[beside]) if beside in self._parsed else set()
            if path.name != "__init__.py" and twins & others:
                found[beside] = path
        if found:
            lines = [
                f"    twingen adopt {self._shown(beside)} --source {self._shown(path)}"
                for beside, path in found.items()
            ]
            told = (
                f"{self._several(list(found))} "
                f"{'defines' if len(found) == 1 else 'define'} the same names as the "
                "twin; if this is your sync side, compare:"
            )
            yield "\n".join([told, *lines])

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
            "the twin will have a class of its own for each: `except` with the one "
            "does not catch the other. Move exceptions out of "
            f"{self._shown(tree.source)}, to a module that both sides import."
        )

    def _exports(self, tree: ProposedTree) -> Iterator[str]:
        """Return the lines with which the package exports the twin."""
        init = tree.source.parent / "__init__.py"
        module = self._parsed.get(init)
        if module is None:
            return
        package = ".".join(init.parent.relative_to(tree.top).parts)
        imported = list(imported_names(module, package))
        bound = {name for _, name, _ in imported} | {as_ for _, _, as_ in imported}
        lines, same = [], []
        for home, name, as_ in imported:
            if home != tree.module and not home.startswith(f"{tree.module}."):
                continue
            twin = self._renames.local(name)
            exported = self._renames.local(as_)
            if exported == as_:
                relative = home[len(tree.module) :] or "."
                same.append(f"    from {relative} import {name} as {as_}")
            elif exported not in bound:
                relative = f"{tree.twin}{home[len(tree.module) :]}"[len(package) :]
                lines.append(f"    from {relative} import {twin} as {exported}")
        shown = self._shown(init)
        if lines:
            yield "\n".join([f"Lines for {shown}, to export the twin:", *lines])
        names = [line.rpartition(" ")[2] for line in same]
        own = self._parsed.get(tree.source / "__init__.py")
        there = (
            {as_ for _, _, as_ in imported_names(own, tree.module)} if own else set()
        )
        if lacking := [line for line in same if line.rpartition(" ")[2] not in there]:
            told = (
                f"{shown} exports {self._listed(names)}, which "
                f"{'keeps its name' if len(names) == 1 else 'keep their names'} in "
                f"the twin. Lines for {self._shown(tree.source / '__init__.py')}, so "
                f"that users can import {'this' if len(names) == 1 else 'these'} from "
                f"{tree.twin}:"
            )
            yield "\n".join([told, *lacking])
        if not any(home.startswith(tree.module) for home, _, _ in imported):
            yield (
                f"{shown} exports nothing of {tree.module}: users import the twin as "
                f"{tree.twin}."
            )

    # -- tests ------------------------------------------------------------------------

    def tests(self, trees: Sequence[ProposedTree]) -> Iterator[str]:
        """Name tests that wait, and have no twin where they are."""
        found = sorted(
            path
            for path, module in self._parsed.items()
            if path.name.startswith("test_") and _waits(module)
            if not any(tree.source in path.parents for tree in trees)
        )
        if found:
            home = self._shown(found[0].parent / "_async")
            yield (
                f"{self._several(found)} {'waits' if len(found) == 1 else 'wait'}, "
                "and will have no twin there. Move "
                f"{'it' if len(found) == 1 else 'them'} to {home} before the table is "
                "written: init then proposes a tree for that folder."
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
    def _listed(names: Sequence[str], most: int = _NAMED) -> str:
        left = len(names) - most
        more = [f"{left} more"] if left > 0 else []
        *first, last = [*names[:most], *more]
        return f"{', '.join(first)} and {last}" if first else last


def _waiting(modules: Mapping[Path, ast.Module], tree: ProposedTree) -> set[Path]:
    """Return the modules that wait, and those that import from these what waits.

    What a package's `__init__` imports it exports, from wherever that is; what only
    checkers import is no use of it.
    """
    names = {
        path: ".".join(path.relative_to(tree.top).with_suffix("").parts)
        for path in modules
    }
    imported = {
        path: {
            f"{home}.{name}".strip(".")
            for home, name, _ in imported_names(
                _without_checks(modules[path]), names[path].rpartition(".")[0]
            )
        }
        for path in modules
        if path.name != "__init__.py"
    }
    found = {path for path, module in modules.items() if _waits(module)}
    while True:
        waiting = {names[path] for path in found if path in imported}
        for path in found:
            waiting |= _waiting_names(modules[path], names[path])
        more = {path for path in imported if imported[path] & waiting} - found
        if not more:
            return found
        found |= more


def _waiting_names(module: ast.Module, name: str) -> set[str]:
    """Return what somebody who uses it waits for: coroutine functions and classes."""
    return {
        f"{name}.{node.name}"
        for node in module.body
        if isinstance(node, ast.AsyncFunctionDef)
        or (isinstance(node, ast.ClassDef) and _waits(node))
    }


def _without_checks(module: ast.Module) -> ast.Module:
    """Return a module without what is only for type checkers."""
    body = [
        node
        for node in module.body
        if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
    ]
    return ast.Module(body, [])


def _waits(tree: ast.AST) -> bool:
    return any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(tree))


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
    """Return whether a module defines something of its own."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.Assign, ast.AnnAssign)
    return any(isinstance(node, kinds) for node in module.body)
