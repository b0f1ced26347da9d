"""A folder that shows what a build would write, as far as sources convert."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..diagnostics.diagnostic import ConfigurationError
from .files import replace
from .twin_folders import Project

DEFAULT = "twingen-preview"
_MARKER = ".gitignore"
_MARKED = "# Written by `twingen preview`, which empties this folder first.\n*\n"


class Preview:
    """What converts of a project, below a folder where it stands as below the root.

    The folder is made, or one that an earlier preview has written is emptied. Raises
    :class:`ConfigurationError` for any other that is in the way.
    """

    def __init__(self, project: Project, folder: Path | None = None) -> None:
        self._project = project
        self.folder = (folder or project.config.root / DEFAULT).resolve()
        shown = project.display(self.folder)
        for tree in project.config.trees:
            for own in (tree.source, tree.target):
                if self.folder == own or own in self.folder.parents:
                    raise ConfigurationError(
                        f"{shown} is in a folder of sources or twins; name another for "
                        "the preview"
                    )
        if self.folder.exists() and not self._is_empty_or_own():
            raise ConfigurationError(
                f"{shown} exists and contains other files; name another folder for the "
                "preview"
            )

    @property
    def twins(self) -> int:
        """How many sources convert."""
        files = self._project.plan.files
        return sum(target in self._project.outputs for target in files)

    def write(self) -> None:
        """Write every file that is known, in place of those of an earlier preview."""
        # All are made before the first is written.
        found = self._project.plan.contents(self._project.outputs)
        contents = {self._place(target): each for target, each in found.items()}
        if self.folder.exists():
            shutil.rmtree(self.folder)
        replace(self.folder / _MARKER, _MARKED.encode())
        for path, content in contents.items():
            replace(path, content)

    def _place(self, target: Path) -> Path:
        root = self._project.config.root
        top = root if root in target.parents else Path(target.anchor)
        return self.folder / target.relative_to(top)

    def _is_empty_or_own(self) -> bool:
        if not self.folder.is_dir():
            return False
        marker = self.folder / _MARKER
        if marker.is_file():
            return marker.read_bytes().decode("utf-8", "replace") == _MARKED
        return not any(self.folder.iterdir())
