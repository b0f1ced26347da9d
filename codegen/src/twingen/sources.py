"""The sources of a project: which are converted, which copied, which left out.

Everything is read once, before the first source is parsed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .config import Config, Tree
from .diagnostic import ConfigurationError, Diagnostic
from .disk import decode, display, files_below
from .source import Source, has_no_twin


@dataclass(frozen=True)
class SourceFile:
    """A source that has a twin: where it is, and what it says."""

    path: Path
    source: Source


class Sources:
    """What the source folders hold, each by the path of what it becomes.

    `files` are converted and `copies` stay as they are; `without_twin` maps the
    modules that are for the async side only to what their twins would be called;
    `used_excludes` are the patterns that left out a file. `texts` stands in for
    what is on the disk. Raises :class:`ConfigurationError` for a folder without a
    source; what cannot be read is in `problems`.
    """

    def __init__(
        self, config: Config, texts: Mapping[Path, bytes] | None = None
    ) -> None:
        self.files: dict[Path, SourceFile] = {}
        self.copies: dict[Path, Path] = {}
        self.without_twin: dict[str, str] = {}
        self.used_excludes: set[str] = set()
        self.problems: list[Diagnostic] = []
        self._root = config.root
        self._texts = texts or {}
        for tree in config.trees:
            if not self._read(tree):
                raise ConfigurationError(
                    f"tool.twingen.trees: there is no Python source in {tree.source}"
                )

    def _read(self, tree: Tree) -> int:
        """Read one tree; return how many sources it has."""
        found = 0
        given = [path for path in self._texts if tree.source in path.parents]
        for path in sorted({*files_below(tree.source), *given}):
            target = tree.target / path.relative_to(tree.source)
            if patterns := tree.excluded_by(path):
                self.used_excludes.update(patterns)
                if path.suffix == ".py":
                    self._leave_out(tree, path)
            elif path.suffix == ".pyi":
                self._problem(
                    path,
                    "TW006",
                    "stub",
                    "a stub would be copied as it is, and stubs are not converted",
                    "annotate the source itself, or keep the stub elsewhere",
                )
            elif path.suffix == ".py":
                found += 1
                self._read_source(tree, path, target)
            else:
                self.copies[target] = path
        return found

    def _read_source(self, tree: Tree, path: Path, target: Path) -> None:
        module, twin = import_names(tree, path)
        content = self._texts[path] if path in self._texts else path.read_bytes()
        try:
            text = decode(content)
        except SyntaxError as error:
            self._problem(path, "TW003", "encoding", str(error.msg), "save it as UTF-8")
            return
        if has_no_twin(text):
            self._leave_out(tree, path)
            return
        label = display(self._root, path)
        source = Source(text, label, module, twin, path.stem == "__init__")
        self.files[target] = SourceFile(path, source)

    def _leave_out(self, tree: Tree, path: Path) -> None:
        """Remember a source that is for the async side only."""
        module, twin = import_names(tree, path)
        self.without_twin[module] = twin

    def _problem(
        self, path: Path, code: str, rule: str, message: str, instead: str
    ) -> None:
        """Add a refusal of a whole file."""
        where = display(self._root, path)
        self.problems.append(Diagnostic(where, 1, 1, code, rule, message, instead))


def import_names(tree: Tree, path: Path) -> tuple[str, str]:
    """Return what a source and its twin are imported as."""
    parts = path.relative_to(tree.source).with_suffix("").parts
    inner = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return f"{tree.module}.{inner}".rstrip("."), f"{tree.twin}.{inner}".rstrip(".")
