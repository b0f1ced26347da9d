"""The sources of a project: which are converted, which copied, which left out.

Everything is read once, before the first source is parsed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from ..diagnostics.diagnostic import ConfigurationError, Diagnostic
from ..syntax.source import MARKUPS, Page, Source, has_no_twin
from .config import Config
from .files import decode, display, files_below
from .target_names import Tree
from .twin_headers import signature


@dataclass(frozen=True)
class SourceFile:
    """A source that has a twin: where it is, what it says, how its lines end."""

    path: Path
    source: Source
    line_end: str = "\n"


class Sources:
    """What the source folders hold, each by the path of what it becomes.

    `files` are converted and `copies` stay as they are; the twins of `handwritten` are
    written by hand; `without_twin` maps the modules that are for the async side only
    to what their twins would be called; `of_target` is what else is written by hand in
    the target folders; `used` is what was used of what is
    :func:`twingen.project.unused_settings.configured`.
    `texts` stands in for what is on the disk. Raises :class:`ConfigurationError` for a
    folder without a source; what cannot be read is in `problems`.
    """

    def __init__(
        self, config: Config, texts: Mapping[Path, bytes] | None = None
    ) -> None:
        self.files: dict[Path, SourceFile] = {}
        self.copies: dict[Path, Path] = {}
        self.handwritten: dict[Path, SourceFile] = {}
        self.without_twin: dict[str, str] = {}
        self.used: set[str] = set()
        self.problems: list[Diagnostic] = []
        self._root = config.root
        self._texts = texts or {}
        self._owners: dict[Path, Tree] = {}
        for tree in config.trees:
            if not self._read(tree):
                raise ConfigurationError(
                    f"tool.twingen.trees: there is no Python source in {tree.source}"
                )
        self._check_targets()
        self.of_target = {path for tree in config.trees for path in self._of(tree)}
        self._read_pages(config)

    def _of(self, tree: Tree) -> Iterator[Path]:
        """Yield what a target folder has of its own, written by hand."""
        for path in files_below(tree.target) if tree.handwritten else ():
            name = path.relative_to(tree.target).as_posix()
            for pattern in tree.handwritten:
                if fnmatchcase(name, pattern) and not self._is_twin(path):
                    self.used.add(f"handwritten: {pattern}")
                    yield path

    def _read(self, tree: Tree) -> int:
        """Read one tree; return how many sources it has."""
        found = 0
        for path in self._paths(tree):
            if tree.include and not self._matched(tree, "include", path):
                continue
            if self._matched(tree, "exclude", path):
                if path.suffix == ".py":
                    self._own(tree, path)
                    self._leave_out(tree, path)
                continue
            twin = tree.twin_of(path)
            if twin is None:
                continue
            target, pattern = twin
            if pattern:
                self.used.add(f"files: {pattern}")
            if path.suffix == ".pyi":
                self._problem(
                    path,
                    "TW006",
                    "stub",
                    "a stub would be copied as it is, and stubs are not converted",
                    "annotate the source itself, or keep the stub elsewhere",
                )
            elif path.suffix == ".py":
                found += 1
                self._own(tree, path)
                self._read_source(tree, path, target)
            elif path.suffix in MARKUPS and not tree.is_selective:
                found += 1
                self._own(tree, path)
                self.used |= {f"tabs: {tree.module}"} if tree.tabs else set()
                page = Page(MARKUPS[path.suffix], tabs=tree.tabs)
                self._read_source(tree, path, target, page)
            elif not (tree.is_selective or tree.is_shared or _is_compiled(path)):
                self.copies[target] = path
        return found

    def _paths(self, tree: Tree) -> list[Path]:
        """Return the files of a tree that are not twins themselves."""
        given = [path for path in self._texts if tree.source in path.parents]
        paths = sorted({*files_below(tree.source), *given})
        if tree.source in tree.target.parents:
            return [each for each in paths if tree.target not in each.parents]
        if not tree.is_shared:
            return paths
        return [each for each in paths if not self._is_twin(each)]

    def _is_twin(self, path: Path) -> bool:
        return path.suffix == ".py" and signature(self._content(path)) is not None

    def _matched(self, tree: Tree, key: str, path: Path) -> bool:
        """Return whether a file matches a pattern below a key, which is used then."""
        patterns = tree.matching(key, path)
        self.used.update(f"{key}: {pattern}" for pattern in patterns)
        return bool(patterns)

    def _own(self, tree: Tree, path: Path) -> None:
        """Refuse a source that is one of two trees."""
        other = self._owners.setdefault(path, tree)
        if other is not tree:
            raise ConfigurationError(
                f"tool.twingen.trees: {display(self._root, path)} is a source of two "
                "trees; say with include, exclude or files which one it belongs to"
            )

    def _check_targets(self) -> None:
        """Refuse twins in the place of sources, and those that were not written."""
        for target, file in {**self.files, **self.handwritten}.items():
            if target in self._owners:
                raise ConfigurationError(
                    f"tool.twingen.trees: the twin of {file.source.path} would be "
                    f"{display(self._root, target)}, which is a source itself"
                )
        for target, file in self.handwritten.items():
            if not target.is_file():
                raise ConfigurationError(
                    f"tool.twingen.trees: handwritten: {file.source.path} has no twin; "
                    f"{display(self._root, target)} is not there"
                )
            if self._is_twin(target):
                raise ConfigurationError(
                    "tool.twingen.trees: handwritten: "
                    f"{display(self._root, target)} was "
                    f"written by twingen; delete it, or remove {file.source.path}"
                )

    def _read_source(
        self, tree: Tree, path: Path, target: Path, page: Page | None = None
    ) -> None:
        module, twin = import_names(tree, path, target)
        by_hand = self._matched(tree, "handwritten", path)
        text = self._text(path)
        if text is None:
            return
        if has_no_twin(text):
            self._leave_out(tree, path)
            return
        label = display(self._root, path)
        source = Source(text, label, module, twin, path.stem == "__init__", page)
        kept = self.handwritten if by_hand else self.files
        other = self.files.get(target) or self.handwritten.get(target)
        if other is not None:
            raise ConfigurationError(
                f"tool.twingen.trees: {other.source.path} and {label} would have the "
                f"same twin, {display(self._root, target)}"
            )
        kept[target] = SourceFile(path, source)

    def _read_pages(self, config: Config) -> None:
        """Read the pages that hold their twins themselves."""
        folders = {f for tree in config.trees for f in (tree.source, tree.target)}
        for pattern in config.pages:
            # A link is another name of its page, and stays a link.
            for path in sorted({each.resolve() for each in config.root.glob(pattern)}):
                if path.suffix not in MARKUPS or folders.intersection(path.parents):
                    raise ConfigurationError(
                        f"tool.twingen.pages: {display(self._root, path)} is not "
                        "a page (.md, .rst) outside of the trees"
                    )
                text = self._text(path)
                if text is not None and "twingen: twin" in text:
                    self.used.add(f"pages: {pattern}")
                    page = Page(MARKUPS[path.suffix], in_place=True)
                    module = "__page__"
                    source = Source(text, display(self._root, path), module, module)
                    crlf = b"\r\n" in self._content(path)
                    self.files[path] = SourceFile(
                        path, replace(source, page=page), "\r\n" if crlf else "\n"
                    )

    def _content(self, path: Path) -> bytes:
        return self._texts[path] if path in self._texts else path.read_bytes()

    def _text(self, path: Path) -> str | None:
        """Return the text of a source; `None` with a problem if it is not UTF-8."""
        try:
            return decode(self._content(path))
        except SyntaxError as error:
            self._problem(path, "TW003", "encoding", str(error.msg), "save it as UTF-8")
            return None

    def _leave_out(self, tree: Tree, path: Path) -> None:
        """Remember a source that is for the async side only."""
        twin = tree.twin_of(path)
        target = twin[0] if twin else tree.target / path.relative_to(tree.source)
        module, name = import_names(tree, path, target)
        self.without_twin[module] = name

    def _problem(
        self, path: Path, code: str, rule: str, message: str, instead: str
    ) -> None:
        """Add a refusal of a whole file."""
        where = display(self._root, path)
        self.problems.append(Diagnostic(where, 1, 1, code, rule, message, instead))


def _is_compiled(path: Path) -> bool:
    """Recognize a compiled source: Python would import it in place of the twin."""
    if path.suffix not in (".so", ".pyd"):
        return False
    return path.with_name(path.name.partition(".")[0]).with_suffix(".py").is_file()


def import_names(tree: Tree, path: Path, target: Path) -> tuple[str, str]:
    """Return what a source and its twin are imported as."""
    inner = (_inner(path, tree.source), _inner(target, tree.target))
    return f"{tree.module}{inner[0]}", f"{tree.twin}{inner[1]}"


def _inner(path: Path, folder: Path) -> str:
    """Return what a file is imported as, below the package of its folder."""
    parts = path.relative_to(folder).with_suffix("").parts
    names = parts[:-1] if parts[-1] == "__init__" else parts
    return "".join(f".{name}" for name in names)
