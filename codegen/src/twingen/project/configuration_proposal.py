"""Proposes a `[tool.twingen]` for a project that has none, from what is there.

Only what the sources show is proposed: a rename that nothing uses would be an
error. Nothing is imported and nothing is executed. What else there is to do is in
`proposal_notes`.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from ..analysis.symbols.renames import is_part_of_word
from ..diagnostics.diagnostic import ConfigurationError
from .config import tools_of
from .files import replace

_SKIPPED = {"__pycache__", "build", "dist", "node_modules", "site-packages"}
_NAMES = {"_async", "aio", "_aio", "async", "asynchronous", "asyncio", "_asyncio"}
# The letter that the sync side lacks, in a word of its own.
_ASYNC_WORD = re.compile(r"(?<![a-z])a(?=sync(?:hronous)?(?![a-z]))")
# What the sync side beside such a folder may be called.
_TWINS = ("_sync", "sync", "synchronous", "blocking", "_blocking")
# What names of the async side begin with.
_PREFIXES = ("Async", "Aio", "AIO", "async_", "aio_")


@dataclass(frozen=True)
class ProposedTree:
    """What is proposed for one folder; `package` is the outermost one around it.

    `top` is the folder that it is imported from.
    """

    source: Path
    target: Path
    module: str
    twin: str
    package: str
    top: Path


@dataclass(frozen=True)
class Proposal:
    """The text of a configuration, and what it was made of.

    `parsed` are the modules of the project; `renames` are patterns for names.
    """

    text: str
    folder: Path
    trees: Sequence[ProposedTree]
    renames: Mapping[str, str]
    parsed: Mapping[Path, ast.Module]


def propose(folder: Path) -> Proposal:
    """Return a configuration for the project in a folder.

    Raises :class:`ConfigurationError` when it has one, or nothing async.
    """
    file = folder / "pyproject.toml"
    if file.is_file() and "twingen" in tools_of(file):
        raise ConfigurationError(f"{file} already has a [tool.twingen]")
    parsed = dict(_parsed(folder))
    sources = _sources(folder, parsed)
    if not sources:
        raise ConfigurationError(
            f"there is no `async def` in a package, or in a folder named _async, aio, "
            f"asynchronous or async_*, below {folder}"
        )
    imported = set(_imported(parsed))
    trees: list[ProposedTree] = []
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
    if _is_laid_out_by_ruff(folder):
        lines.append('formatter = "ruff"')
    renames = dict(_renames(trees, parsed))
    if renames:
        lines += ["", "[tool.twingen.renames]"]
        lines += [f"{json.dumps(k)} = {json.dumps(v)}" for k, v in renames.items()]
    for package, rows in _rows(trees, renames, parsed).items():
        lines += ["", f"[tool.twingen.libraries.{json.dumps(package)}]"]
        lines += [f"{name} = {json.dumps(twin)}" for name, twin in rows.items()]
    return Proposal("\n".join(lines) + "\n", folder, trees, renames, parsed)


# The ids of hooks of pre-commit, as its repositories call them.
_HOOK = re.compile(r"^[\s-]*id:\s*[\"']?(?P<name>[\w-]+)", re.MULTILINE)
_HOOKS = ("ruff-format", "black", "black-jupyter")


def _is_laid_out_by_ruff(folder: Path) -> bool:
    """Return whether a project says that ruff formats it, and not that black does."""
    file = folder / "pyproject.toml"
    tools = tools_of(file) if file.is_file() else {}
    found = {"black"} & {*tools}
    ruff = tools.get("ruff")
    if isinstance(ruff, Mapping) and "format" in ruff:
        found.add("ruff-format")
    for name in ("ruff.toml", ".ruff.toml"):
        if (folder / name).is_file():
            with suppress(tomllib.TOMLDecodeError, UnicodeDecodeError):
                content = tomllib.loads((folder / name).read_bytes().decode())
                found |= {"ruff-format"} if "format" in content else set()
    for name in (".pre-commit-config.yaml", ".pre-commit-config.yml"):
        if (folder / name).is_file():
            text = (folder / name).read_bytes().decode("utf-8", "replace")
            found |= {hook["name"] for hook in _HOOK.finditer(text)} & {*_HOOKS}
    return found == {"ruff-format"}


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
            f"[tool.twingen] cannot be appended to {file} ({error}); write the "
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
    packages = {
        _package(path.parent)
        for path in waiting
        if (path.parent / "__init__.py").exists()
    } - {folder}
    # One below another, as in a folder without `__init__.py`, belongs to that.
    return sorted(each for each in packages if not packages.intersection(each.parents))


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


def _tree(source: Path, top: Path, taken: Collection[Path]) -> ProposedTree:
    """Return what is proposed for a source folder, beside the targets of others.

    A folder of the sync side that is there is its target.
    """
    name = source.name
    twin = _ASYNC_WORD.sub("", name)
    twin = f"{name}_sync" if twin == name else twin
    if name in ("aio", "_aio", "asyncio", "_asyncio"):
        twin = "_sync"
    if _is_named(source) and not source.with_name(twin).is_dir():
        there = (each for each in _TWINS if source.with_name(each).is_dir())
        twin = next(there, twin)
    if source.with_name(twin) in taken:
        twin = f"{name}_sync"
    target = source.with_name(twin)
    if not (source / "__init__.py").exists():
        return ProposedTree(source, target, "", "", "", top)
    paths = source, target, _package(source)
    module, twin, package = (".".join(path.relative_to(top).parts) for path in paths)
    return ProposedTree(source, target, module, twin, package, top)


def _row(folder: Path, tree: ProposedTree) -> list[str]:
    values = {
        "source": tree.source.relative_to(folder).as_posix(),
        "target": tree.target.relative_to(folder).as_posix(),
        "module": tree.module,
        "twin": tree.twin,
    }
    lines = []
    if tree.target.exists():
        lines = [
            f"    # {values['target']} already exists: move it away before the first",
            "    # build; `twingen adopt` compares it with what twingen writes.",
        ]
    listed = [f"{key} = {json.dumps(value)}" for key, value in values.items() if value]
    return [*lines, f"    {{ {', '.join(listed)} }},"]


def _renames(
    trees: Sequence[ProposedTree], parsed: Mapping[Path, ast.Module]
) -> Iterator[tuple[str, str]]:
    """Yield the patterns for names of the async side, where there are any."""
    own: list[ast.AST] = []
    others: list[ast.AST] = []
    for path, module in parsed.items():
        inside = any(tree.source in path.parents for tree in trees)
        (own if inside else others).extend(ast.walk(module))
    defined, elsewhere = _defined(own), _defined(others)
    modules = {tree.module for tree in trees if tree.module}
    packages = {tree.package for tree in trees if tree.package}
    imported = [
        (node.module, alias.name)
        for node in own
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
        if _is_in(node.module, packages) and not _is_in(node.module, modules)
        for alias in node.names
    ]
    for prefix in _PREFIXES:
        names = {name for name in defined if _begins(name, prefix)}
        becomes = _becomes(prefix, names, defined, elsewhere)
        if names:
            yield f"{prefix}*", becomes
        for home in sorted({home for home, name in imported if _begins(name, prefix)}):
            yield f"{home}.{prefix}*", f"{home}.{becomes}"


def _rows(
    trees: Sequence[ProposedTree],
    renames: Mapping[str, str],
    parsed: Mapping[Path, ast.Module],
) -> dict[str, dict[str, str]]:
    """Return rows for what sources import from a package that has it from another.

    That is what the twin calls the same: the package has only that of the async side.
    """
    prefixes = [pattern.removesuffix("*") for pattern in renames if "." not in pattern]
    used = {
        (home, name)
        for path, module in parsed.items()
        if any(tree.source in path.parents for tree in trees)
        for home, name, _ in imported_names(module, "")
    }
    found: dict[str, dict[str, str]] = {}
    for tree in trees:
        init = parsed.get(tree.source.parent / "__init__.py")
        if init is None or tree.module in ("", tree.package):
            continue
        package = tree.module.rpartition(".")[0]
        for home, name, as_ in imported_names(init, package):
            inside = f"{home}.".startswith(f"{tree.module}.")
            renamed = any(_begins(as_, prefix) for prefix in prefixes)
            if inside and not renamed and (package, as_) in used:
                twin = f"{tree.twin}{home[len(tree.module) :]}.{name}"
                found.setdefault(package, {})[as_] = twin
    return found


def imported_names(module: ast.Module, package: str) -> Iterator[tuple[str, str, str]]:
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


def _defined(nodes: Sequence[ast.AST]) -> set[str]:
    """Return the names of classes and, at the top of modules, of functions."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in nodes if isinstance(node, ast.ClassDef)} | {
        each.name
        for node in nodes
        if isinstance(node, ast.Module)
        for each in node.body
        if isinstance(each, functions)
    }


def _becomes(
    prefix: str, names: Collection[str], defined: set[str], elsewhere: set[str]
) -> str:
    """Return what names become: as the sync side that is there calls them.

    Where both sides stand in the sources, and where most names of the other side say
    so, they begin with `Sync`.
    """
    sync = "Sync" if prefix[0].isupper() else "sync_"
    plain = {name[len(prefix) :] for name in names}
    if plain & defined:
        return f"{sync}*"
    marked = sum(f"{sync}{name}" in elsewhere for name in plain)
    return f"{sync}*" if marked > len(plain & elsewhere) else "*"


def _begins(name: str, prefix: str) -> bool:
    """Return whether a rename of such names applies to one."""
    rest = name[len(prefix) :]
    if not name.startswith(prefix) or not rest.isidentifier() or iskeyword(rest):
        return False
    return not is_part_of_word(prefix, name)


def _is_in(module: str, packages: Collection[str]) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in packages)
