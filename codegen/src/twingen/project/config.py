"""Reads `[tool.twingen]` of a project's `pyproject.toml`, strictly.

An unknown key, a folder that is not there, or two folders that overlap stop
every command before it looks at a source.
"""

from __future__ import annotations

import codecs
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from keyword import iskeyword
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from ..analysis.sides.side_configuration import SideTable, side_table, with_definitions
from ..diagnostics.diagnostic import ConfigurationError
from ..diagnostics.suggestions import did_you_mean
from ..formatting.formatter import FORMATTERS, FormatterName
from .target_names import Tree

if TYPE_CHECKING:
    from ..analysis.symbols.library_tables import Tasks
    from ..formatting.ruff_command import Ruff

_KEYS = {
    "trees",
    "renames",
    "libraries",
    "tables",
    "runtime",
    "side",
    "async_only",
    "plugins",
    "methods",
    "strings",
    "pages",
    "tasks",
    "prose",
    "locals",
    "strict_examples",
    "formatter",
}
_TREE_LISTS = ("include", "exclude", "handwritten")
_TREE_SWITCHES = ("texts", "tabs")
_TREE_KEYS = {
    *("source", "target", "module", "twin", "files"),
    *_TREE_LISTS,
    *_TREE_SWITCHES,
}


@dataclass(frozen=True)
class Config:
    """The configuration of one project; all paths are absolute.

    `formatter` lays out the twins; `black` is the project's table for black, `ruff`
    what ruff goes by where it is the formatter, `requires_python` what the project's
    metadata says of Python versions. `tasks` is what tasks become in the twin, if that
    is not left to the sources. With `strict_examples`, an example in a docstring that
    has no twin stops the build.
    """

    root: Path
    trees: tuple[Tree, ...]
    renames: Mapping[str, str]
    methods: Mapping[str, str]
    strings: tuple[str, ...]
    libraries: Mapping[str, Any]
    tables: tuple[Path, ...]
    runtime: str | None
    black: Mapping[str, Any]
    requires_python: str | None
    plugins: tuple[str, ...]
    side: SideTable
    pages: tuple[str, ...] = ()
    tasks: Tasks | None = None
    prose: Mapping[str, str] = field(default_factory=dict)
    locals: Mapping[str, str] = field(default_factory=dict)
    strict_examples: bool = False
    formatter: FormatterName = "black"
    ruff: Ruff | None = None

    def twin_of(self, label: str) -> Path:
        """Return where the twin of a source is, by the path that messages show.

        A page that holds its twins itself is its own.
        """
        path = self.root / label
        for tree in self.trees:
            if tree.source in path.parents and (found := tree.twin_of(path)):
                return found[0]
        return path


def find_root(start: Path) -> Path:
    """Return the folder at or above `start` whose pyproject configures twingen."""
    for folder in [start, *start.parents]:
        file = folder / "pyproject.toml"
        if file.is_file() and "twingen" in tools_of(file):
            return folder
    raise ConfigurationError(
        f"no pyproject.toml with [tool.twingen] in {start} or above it; `twingen init` "
        "proposes one"
    )


def tools_of(file: Path) -> Mapping[str, Any]:
    """Return the `[tool]` table of a pyproject.toml."""
    return _table(_parse(file).get("tool", {}), f"{file}: tool")


def table_of_tool(root: Path) -> tuple[int, str]:
    """Return the line where `[tool.twingen]` begins, from 1, and its text."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip().startswith("[tool.twingen"):
            return number, line.rstrip()
    return 1, ""


def load(root: Path) -> Config:
    """Read the configuration of the project in `root`.

    Raises :class:`ConfigurationError` that names the key and what it must be.
    """
    root = root.resolve()
    file = root / "pyproject.toml"
    content = _parse(file)
    tools = _table(content.get("tool", {}), f"{file}: tool")
    project = _table(content.get("project", {}), f"{file}: project")
    table = tools.get("twingen")
    if not isinstance(table, Mapping):
        raise ConfigurationError(f"{file}: there is no [tool.twingen]")
    _check_keys(table, _KEYS, f"{file}: tool.twingen")
    trees = table.get("trees", [])
    if not (isinstance(trees, list) and trees):
        raise ConfigurationError(
            f"{file}: tool.twingen.trees is empty; add {{source = ..., target = ...}}"
        )
    config = Config(
        root=root,
        trees=tuple(_tree(root, entry, file) for entry in trees),
        renames=_strings(table.get("renames", {}), f"{file}: tool.twingen.renames"),
        methods=_strings(table.get("methods", {}), f"{file}: tool.twingen.methods"),
        strings=_names(table.get("strings", []), f"{file}: tool.twingen.strings"),
        libraries=_table(table.get("libraries", {}), f"{file}: tool.twingen.libraries"),
        tables=_paths(root, table.get("tables", []), f"{file}: tool.twingen.tables"),
        runtime=_dotted(
            table.get("runtime"), f"{file}: tool.twingen.runtime", "module name"
        ),
        side=with_definitions(
            side_table(table.get("side"), f"{file}: tool.twingen.side"),
            table.get("async_only", []),
            f"{file}: tool.twingen.async_only",
        ),
        black=_table(tools.get("black", {}), f"{file}: tool.black"),
        requires_python=_text(
            project.get("requires-python"), f"{file}: project.requires-python"
        ),
        plugins=_names(table.get("plugins", []), f"{file}: tool.twingen.plugins"),
        pages=_patterns(table.get("pages", []), f"{file}: tool.twingen.pages"),
        prose=_prose(table.get("prose", {}), f"{file}: tool.twingen.prose"),
        locals=_locals(table.get("locals", {}), f"{file}: tool.twingen.locals"),
        tasks=_tasks(table.get("tasks"), f"{file}: tool.twingen.tasks"),
        strict_examples=_truth(
            table.get("strict_examples", False), f"{file}: tool.twingen.strict_examples"
        ),
        formatter=formatter_name(
            table.get("formatter", "black"), f"{file}: tool.twingen.formatter"
        ),
    )
    _check_overlaps(config.trees, file)
    return with_ruff(config)


def with_ruff(config: Config) -> Config:
    """Return a configuration with what ruff goes by, where it is the formatter."""
    if config.formatter != "ruff":
        return config
    from ..formatting.ruff_command import NAMES, find_ruff

    folders, copied = {config.root}, {}
    for tree in config.trees:
        for folder, _, names in os.walk(tree.source):
            here = tree.target / Path(folder).relative_to(tree.source)
            folders.add(here)
            if not (tree.is_selective or tree.is_shared):
                for name in {*NAMES}.intersection(names):
                    copied[here / name] = Path(folder, name)
        folders |= {Path(folder) for folder, _, _ in os.walk(tree.target)}
    for pattern in config.pages:
        folders |= {path.resolve().parent for path in config.root.glob(pattern)}
    return replace(config, ruff=find_ruff(config.root, folders, copied))


def read_table(path: Path) -> Mapping[str, Any]:
    """Read one library table."""
    return _parse(path)


def _parse(file: Path) -> Mapping[str, Any]:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from None
    try:
        return _parsed(_text_of(file, content))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}") from None


@lru_cache(maxsize=1)  # a pyproject.toml is found, and then read
def _parsed(text: str) -> Mapping[str, Any]:
    return tomllib.loads(text)


def _text_of(file: Path, content: bytes) -> str:
    """Return what a file holds; TOML is UTF-8 without a mark, and has no NUL.

    What reads TOML says of these only that a statement is wrong.
    """
    if content.startswith(codecs.BOM_UTF8):
        raise ConfigurationError(
            f"{file} begins with a byte order mark, which TOML does not allow; save it "
            "as UTF-8 without one"
        )
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{file} is not UTF-8 (byte {error.start}); save it as UTF-8"
        ) from None
    before, nul, _ = text.partition("\0")
    if nul:
        line = before.count("\n") + 1
        raise ConfigurationError(
            f"{file} contains a NUL character in line {line}, which TOML does not "
            "allow; remove it, and save the file as UTF-8"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_keys(table: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        hints = "".join(did_you_mean(key, known) for key in unknown)
        raise ConfigurationError(
            f"{where}: unknown key {', '.join(unknown)}; known are "
            f"{', '.join(sorted(known))}{hints}"
        )


def _strings(table: object, where: str) -> Mapping[str, str]:
    if not isinstance(table, Mapping) or not all(
        isinstance(value, str) for value in table.values()
    ):
        raise ConfigurationError(f"{where} must be a table of strings")
    return table


def _locals(table: object, where: str) -> Mapping[str, str]:
    """Return rows for parameters and variables, which are two names each."""
    rows = _strings(table, where)
    for old, new in rows.items():
        names = [each.replace("*", "x") for each in (old, new)]
        are_names = all(each.isidentifier() and not iskeyword(each) for each in names)
        if not are_names or not old.count("*") == new.count("*") <= 1:
            raise ConfigurationError(
                f'{where}: "{old}" = "{new}" must be two names, with one * in both or '
                'in none: "async_client" = "client"'
            )
    return rows


def _prose(table: object, where: str) -> Mapping[str, str]:
    """Return words for docstrings and comments, and patterns of words."""
    for old, new in (found := _strings(table, where)).items():
        is_word = "*" not in old or re.fullmatch(r"\w*\*\w*", old)
        if not old or old.count("*") != new.count("*") or not is_word:
            raise ConfigurationError(
                f'{where}: "{old}" = "{new}" must be words, or one word with one * '
                "on both sides"
            )
    return found


def _table(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"{where} must be a table")
    return value


def _paths(root: Path, value: object, where: str) -> tuple[Path, ...]:
    return tuple(root / name for name in _list(value, where, "paths"))


def _names(value: object, where: str) -> tuple[str, ...]:
    return tuple(sorted(set(_list(value, where, "names"))))


def _patterns(value: object, where: str) -> tuple[str, ...]:
    """Return patterns that `Path.glob()` takes, on every Python."""
    patterns = _names(value, where)
    for pattern in patterns:
        parts = PurePath(pattern).parts
        if (
            not parts
            or PurePath(pattern).anchor
            or any("**" in part and part != "**" for part in parts)
        ):
            raise ConfigurationError(
                f'{where}: "{pattern}" must be a relative path, with * for a part of '
                "a name and ** for any folders"
            )
    return patterns


def _list(value: object, where: str, what: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(x, str) for x in value):
        raise ConfigurationError(f"{where} must be a list of {what}")
    return value


def _text(value: object, where: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ConfigurationError(f"{where} must be a string")
    return value


def _truth(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigurationError(f"{where} must be true or false")
    return value


def _tasks(value: object, where: str) -> Tasks | None:
    if value is None:
        return None
    if value == "threads":
        return "threads"
    if value == "turns":
        return "turns"
    hint = did_you_mean(value, ("threads", "turns")) if isinstance(value, str) else ""
    raise ConfigurationError(
        f'{where} must be "threads" or "turns"; without it the sources decide{hint}'
    )


def likely_tasks(*, needed: bool) -> tuple[Tasks, Tasks]:
    """Return what tasks may become where it is not configured, by likelihood.

    `needed` says whether anything needs tasks that take turns.
    """
    return ("turns", "threads") if needed else ("threads", "turns")


def formatter_name(value: object, where: str) -> FormatterName:
    """Return the name of a formatter; raises :class:`ConfigurationError`."""
    for name in FORMATTERS:
        if value == name:
            return name
    hint = did_you_mean(value, FORMATTERS) if isinstance(value, str) else ""
    raise ConfigurationError(f'{where} must be "black", "ruff" or "none"{hint}')


def _dotted(value: object, where: str, what: str = "name") -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not all(map(str.isidentifier, value.split("."))):
        raise ConfigurationError(f"{where} must be a dotted {what}")
    return value


def _tree(root: Path, entry: object, file: Path) -> Tree:
    where = f"{file}: tool.twingen.trees"
    whole = _table(entry, where)
    _check_keys(whole, _TREE_KEYS, where)
    lists = {
        key: tuple(_list(whole.get(key, []), f"{where}: {key}", "patterns"))
        for key in _TREE_LISTS
    }
    for key in _TREE_SWITCHES:
        _truth(whole.get(key, False), f"{where}: {key}")
    files = _files(whole.get("files", {}), f"{where}: files")
    others = ("files", *_TREE_LISTS, *_TREE_SWITCHES)
    table = _strings({key: whole[key] for key in whole if key not in others}, where)
    for key in ("module", "twin"):
        if not all(map(str.isidentifier, table.get(key, "x").split("."))):
            raise ConfigurationError(f"{where}: {key} must be a dotted module name")
    for key in ("source", "target"):
        if not table.get(key):
            raise ConfigurationError(f"{where}: {key} is missing")
    # `..` and links are followed, so that overlaps show whatever the spelling.
    source = (root / table["source"]).resolve()
    target = (root / table["target"]).resolve()
    if not source.is_dir():
        raise ConfigurationError(f"{where}: source {table['source']} is not a folder")
    return Tree(
        source=source,
        target=target,
        module=table.get("module") or ".".join(Path(table["source"]).parts),
        twin=table.get("twin") or ".".join(Path(table["target"]).parts),
        texts=whole.get("texts", False),
        tabs=whole.get("tabs", False),
        files=files,
        include=lists["include"],
        exclude=lists["exclude"],
        handwritten=lists["handwritten"],
    )


def _files(value: object, where: str) -> Mapping[str, str]:
    """Return patterns for the names of files: one `*` on both sides, or on none."""
    table = _strings(value, where)
    for pattern, twin in table.items():
        paths = [PurePath(pattern.replace("*", "x")), PurePath(twin.replace("*", "x"))]
        if pattern.count("*") != twin.count("*") or pattern.count("*") > 1:
            raise ConfigurationError(
                f'{where}: "{pattern}" = "{twin}" must have one * on both sides, '
                "or none"
            )
        if pattern == twin or any(e.anchor or ".." in e.parts for e in paths):
            raise ConfigurationError(
                f'{where}: "{pattern}" = "{twin}" must be two paths below the folders'
            )
        if paths[0].suffix != paths[1].suffix:
            raise ConfigurationError(
                f'{where}: "{pattern}" = "{twin}" must have the same suffix'
            )
    return table


def _check_overlaps(trees: Sequence[Tree], file: Path) -> None:
    """Refuse folders in which nothing distinguishes sources from twins."""
    for index, tree in enumerate(trees):
        if tree.source == tree.target and not tree.files:
            raise ConfigurationError(
                f"{file}: tool.twingen.trees: {tree.source} and {tree.target} overlap; "
                "twins beside their sources need other names: files = "
                '{ "*_async.py" = "*.py" }'
            )
        for other in trees[index + 1 :]:
            if tree.is_selective or other.is_selective:
                continue  # see `Sources`, which looks at each file
            for one in (tree.source, tree.target):
                for folder in (other.source, other.target):
                    if _overlap(one, folder):
                        raise ConfigurationError(
                            f"{file}: tool.twingen.trees: {one} and {folder} overlap; "
                            "name the files of each tree with include or files"
                        )


def _overlap(one: Path, other: Path) -> bool:
    return one == other or one in other.parents or other in one.parents
