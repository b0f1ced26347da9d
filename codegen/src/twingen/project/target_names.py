"""Where the twins of a tree are: by folder, or by a pattern for names of files.

A twin may stand beside its source, in a folder around it or in one inside of it. Then
the folder is shared: what twingen did not write there is the author's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from ..analysis.symbols.name_patterns import Patterns


@dataclass(frozen=True)
class Tree:
    """One source folder and the folder that its twins are written to.

    `module` and `twin` are what the two are imported as. Patterns are of paths below
    `source`. With `include`, nothing is looked at that matches none of them; with
    `files`, a file is a source if its name matches, and says then what its twin is
    called. What matches one of `exclude` is for the async side only, and the twins of
    what matches `handwritten` are written by hand. With `texts`, strings that are no
    names follow the renames too; with `tabs`, pages show both forms of an example.
    """

    source: Path
    target: Path
    module: str
    twin: str
    exclude: tuple[str, ...] = ()
    texts: bool = False
    tabs: bool = False
    include: tuple[str, ...] = ()
    handwritten: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_shared(self) -> bool:
        """Return whether the target folder holds what is neither source nor twin."""
        source, target = self.source, self.target
        nested = source in target.parents or target in source.parents
        return nested or source == target or bool(self.files)

    @property
    def is_selective(self) -> bool:
        """Return whether only some files of the source folder are looked at."""
        return bool(self.include or self.files)

    def name(self, path: Path) -> str:
        """Return what patterns are compared with."""
        return path.relative_to(self.source).as_posix()

    def matching(self, key: str, path: Path) -> list[str]:
        """Return the patterns below a key that a file of the source folder matches."""
        name = self.name(path)
        return [each for each in getattr(self, key) if fnmatchcase(name, each)]

    def twin_of(self, path: Path) -> tuple[Path, str] | None:
        """Return where the twin of a source is, and the pattern that says so, if any.

        `None` for a file that is no source. Raises :class:`ConfigurationError` where
        two patterns disagree.
        """
        if not self.files:
            return self.target / path.relative_to(self.source), ""
        found = Patterns(self.files).find(self.name(path))
        return None if found is None else (self.target / found.filled, found.pattern)
