"""Proposes a `[tool.twingen]` for a project that has none, from what is there.

Only what the sources show is proposed: a rename that nothing uses would be an
error. Nothing is imported and nothing is executed.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from ..telling.diagnostic import ConfigurationError
from .config import tools_of
from .disk import replace

_SKIPPED = {"__pycache__", "build", "dist", "node_modules", "site-packages"}
_NAMES = {"_async", "aio", "async"}


@dataclass(frozen=True)
class _Tree:
    """What is proposed for one folder; `package` is the outermost one around it."""

    source: Path
    target: Path
    module: str
    twin: str
    package: str


def propose(folder: Path) -> str:
    """Return the text of a configuration for the project in a folder.

    Raises :class:`ConfigurationError` when it has one, or nothing async.
    """
    file = folder / "pyproject.toml"
    if file.is_file() and "twingen" in tools_of(file):
        raise ConfigurationError(f"{file} has a [tool.twingen] already")
    parsed = dict(_parsed(folder))
    sources = _sources(folder, parsed)
    if not sources:
        raise ConfigurationError(
            f"there is no `async def` in a package, or in a folder named _async, aio "
            f"or async_*, below {folder}"
        )
    imported = set(_imported(parsed))
    trees: list[_Tree] = []
    for source in sources:
        top = _import_root(source, folder, imported)
        trees.append(_tree(source, top, {tree.target for tree in trees}))
    lines = ["[tool.twingen]", "trees = ["]
    for tree in trees:
        lines += _row(folder, tree)
    lines.append("]")
    packages = [tree for tree in trees if tree.module]
    if packages:
        lines.append(f"runtime = {json.dumps(packages[0].twin + '._runtime')}")
    renames = dict(_renames(trees, parsed))
    if renames:
        lines += ["", "[tool.twingen.renames]"]
        lines += [f"{json.dumps(k)} = {json.dumps(v)}" for k, v in renames.items()]
    return "\n".join(lines) + "\n"


def append(folder: Path, proposal: str) -> Path:
    """Write a proposal to the end of the pyproject.toml and return its path.

    What is there stays as it is, line ends too. Raises :class:`ConfigurationError`
    where a table cannot follow.
    """
    file = folder / "pyproject.toml"
    before = file.read_bytes().decode() if file.is_file() else ""
    line_end = "\r\n" if "\r\n" in before else "\n"
    if before:
        before = before.rstrip("\r\n") + 2 * line_end
    whole = before + proposal.replace("\n", line_end)
    try:
        tomllib.loads(whole)
    except tomllib.TOMLDecodeError as error:  # `tool = {...}` is complete
        raise ConfigurationError(
            f"{file} cannot be continued with [tool.twingen] ({error}); write the "
            "proposal where its other tools are"
        ) from None
    replace(file.resolve(), whole.encode())
    return file


def _parsed(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Yield the modules below a folder that Python reads."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in _SKIPPED:
            continue
        if path.is_dir():
            if not (path / "pyvenv.cfg").exists() and not path.is_symlink():
                yield from _parsed(path)
        elif path.suffix == ".py":
            try:
                yield path, ast.parse(path.read_bytes())
            except (SyntaxError, ValueError):
                continue


def _sources(folder: Path, parsed: dict[Path, ast.Module]) -> list[Path]:
    """Return the folders named for their async code, or else packages with some."""
    waiting = [
        path
        for path, tree in parsed.items()
        if any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(tree))
    ]
    named = {
        next(parent for parent in _upwards(path, folder) if _is_named(parent))
        for path in waiting
        if any(_is_named(parent) for parent in _upwards(path, folder))
    }
    if named:
        return sorted(named)
    return sorted(
        {
            _package(path.parent)
            for path in waiting
            if (path.parent / "__init__.py").exists()
        }
        - {folder}
    )


def _upwards(path: Path, folder: Path) -> list[Path]:
    """Return the folders between a project and a file, outermost first."""
    return [p for p in reversed(path.parents) if folder in p.parents]


def _is_named(folder: Path) -> bool:
    name = folder.name
    return name in _NAMES or name.startswith("async_") or name.endswith("_async")


def _package(folder: Path) -> Path:
    """Return the outermost package that a folder belongs to."""
    while (folder.parent / "__init__.py").exists():
        folder = folder.parent
    return folder


def _import_root(source: Path, folder: Path, imported: Collection[str]) -> Path:
    """Return the folder that a package is imported from.

    A namespace around it has no `__init__.py`: it shows by what is imported, or by
    standing below `src`.
    """
    package = _package(source)
    found = package.parent
    for root in [found, *found.parents]:
        if root != folder and folder not in root.parents:
            break
        parts = package.relative_to(root).parts
        if not all(map(str.isidentifier, parts)):
            break
        if root.name == "src":
            return root
        dotted = ".".join(parts)
        if any(_is_in(each, [dotted]) for each in imported):
            found = root
    return found


def _imported(parsed: dict[Path, ast.Module]) -> Iterator[str]:
    """Yield what modules import by absolute names."""
    for module in parsed.values():
        for node in ast.walk(module):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _tree(source: Path, top: Path, taken: Collection[Path]) -> _Tree:
    """Return what is proposed for a source folder, beside the targets of others.

    `top` is the folder that it is imported from.
    """
    name = source.name
    twin = name.replace("async", "sync") if "async" in name else f"{name}_sync"
    twin = "_sync" if name == "aio" else twin
    if source.with_name(twin) in taken:
        twin = f"{name}_sync"
    target = source.with_name(twin)
    if not (source / "__init__.py").exists():
        return _Tree(source, target, "", "", "")
    paths = source, target, _package(source)
    module, twin, package = (".".join(path.relative_to(top).parts) for path in paths)
    return _Tree(source, target, module, twin, package)


def _row(folder: Path, tree: _Tree) -> list[str]:
    values = {
        "source": tree.source.relative_to(folder).as_posix(),
        "target": tree.target.relative_to(folder).as_posix(),
        "module": tree.module,
        "twin": tree.twin,
    }
    lines = []
    if tree.target.exists():
        lines = [
            f"    # {values['target']} is there already: move it away before the first",
            "    # build; `twingen adopt` compares it with what twingen writes.",
        ]
    listed = [f"{key} = {json.dumps(value)}" for key, value in values.items() if value]
    return [*lines, f"    {{ {', '.join(listed)} }},"]


def _renames(
    trees: Sequence[_Tree], parsed: dict[Path, ast.Module]
) -> Iterator[tuple[str, str]]:
    """Yield the patterns for classes called Async..., where there are any."""
    nodes = [
        node
        for path, module in parsed.items()
        if any(tree.source in path.parents for tree in trees)
        for node in ast.walk(module)
    ]
    defined = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    becomes = "*"
    if any(name.removeprefix("Async") in defined for name in defined if _is(name)):
        becomes = "Sync*"  # both stand side by side
    if any(map(_is, defined)):
        yield "Async*", becomes
    own = {tree.module for tree in trees if tree.module}
    packages = {tree.package for tree in trees if tree.package}
    imported = {
        node.module
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
        if any(_is(alias.name) for alias in node.names)
    }
    for module in sorted(imported):
        if _is_in(module, packages) and not _is_in(module, own):
            yield f"{module}.Async*", f"{module}.{becomes}"


def _is_in(module: str, packages: Collection[str]) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in packages)


def _is(name: str) -> bool:
    return name.startswith("Async") and name != "Async"
