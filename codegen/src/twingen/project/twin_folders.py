"""Source folders and their twins on disk: what should be there, what is there.

Everything is converted in memory first, so a refusal anywhere writes nothing;
files are then replaced one by one, each atomically. `check` compares digests of
whole files and never writes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from ..diagnostics.diagnostic import ConfigurationError
from ..diagnostics.progress import Progress, silent
from .cache import Cache
from .config import Config
from .files import (
    decode,
    display,
    files_below,
    is_executable,
    remove_unfinished,
    replace,
)
from .formatters import label_of
from .plan import Output, Plan
from .target_names import Tree
from .twin_headers import digest_of, is_as_signed, signature

if TYPE_CHECKING:
    from ..formatting.formatting_cache import Layouts

_NO_LINE_END = "\\ No newline at end of file"


class Drift(Enum):
    """How a file of a target folder can differ from what it should be."""

    MISSING = "missing"
    STALE = "stale"
    EDITED = "edited by hand"
    ORPHAN = "orphan"
    FOREIGN = "not written by twingen"


@dataclass(frozen=True)
class Difference:
    """One file that is not in step; `origin` is what it is, or was, made from.

    `formatter` is the one that a stale twin says it was laid out by, if that is not
    the project's.
    """

    path: Path
    drift: Drift
    origin: str = ""
    formatter: str = ""


class Project:
    """The twins of one configured project.

    Making it reads every source and converts those of which the cache does not
    know the twin, in `jobs` processes at most (0: one per core); a process that
    makes many hands over its `layouts`. Raises
    :class:`ConfigurationError` or, with all refusals of all files,
    :class:`ConversionError`. With `partly` the latter waits until the folders are
    compared or written; `outputs` are what converts, `refusals` say what does not.
    """

    def __init__(
        self,
        config: Config,
        *,
        cache: Cache | None = None,
        jobs: int = 1,
        progress: Progress = silent,
        layouts: Layouts | None = None,
        partly: bool = False,
    ) -> None:
        self.config = config
        self.plan = Plan(
            config, cache=cache, jobs=jobs, progress=progress, layouts=layouts
        )
        self.outputs = self.plan.outputs(partly=partly)
        self.refusals = self.plan.refusals

    def differences(self) -> list[Difference]:
        """Compare the target folders with what they should hold, byte by byte."""
        self.plan.stop_at_problems()  # a twin that is not known is no orphan
        found = []
        for path, output in self.outputs.items():
            drift = _compare(path, output)
            if drift is not None:
                formatter = self._other_formatter(path) if drift is Drift.STALE else ""
                found.append(Difference(path, drift, output.origin, formatter))
        for tree in self.config.trees:
            found.extend(self._strays(tree))
        return sorted(set(found), key=lambda difference: difference.path)

    def _other_formatter(self, path: Path) -> str:
        """Return the formatter that a file names, unless it is the project's."""
        said = signature(path.read_bytes())
        name = (said["formatter"] or b"").decode() if said else ""
        return name if name != label_of(self.config) else ""

    def _strays(self, tree: Tree) -> Iterator[Difference]:
        """Yield what is in a target folder and must not be.

        In a folder that is shared with the author that is what twingen wrote.
        """
        for path in files_below(tree.target):
            if path not in self.outputs and path not in self.plan.of_target:
                drift = _kind_of_stray(path)
                if drift is Drift.ORPHAN or not self._is_shared(tree):
                    yield Difference(path, drift)

    def _is_shared(self, tree: Tree) -> bool:
        """Return whether a target folder holds what is neither source nor twin."""
        return tree.is_shared or any(
            folder == tree.target
            or folder in tree.target.parents
            or tree.target in folder.parents
            for other in self.config.trees
            if other is not tree
            for folder in (other.source, other.target)
        )

    def write(
        self, *, force: bool = False
    ) -> tuple[list[Difference], list[Difference]]:
        """Bring the target folders in step.

        Returns what was changed and what was left: files edited by hand
        (overwritten with `force`) and files that are not twingen's.
        """
        differences = self.differences()
        kept = {Drift.FOREIGN} if force else {Drift.FOREIGN, Drift.EDITED}
        left = [d for d in differences if d.drift in kept]
        if any(d.drift is Drift.EDITED for d in left):
            return [], left
        changed = [d for d in differences if d.drift not in kept]
        # What is not known yet is made together.
        wanted = {d.path for d in changed} & self.outputs.keys()
        self.outputs.update(
            self.plan.complete({path: self.outputs[path] for path in wanted})
        )
        # First what goes: where case does not count, it may be what is written next.
        for difference in changed:
            if difference.path not in self.outputs:
                difference.path.unlink(missing_ok=True)  # another build was quicker
        for difference in changed:
            if difference.path in self.outputs:
                content = self.content(difference.path)
                self._check_unchanged(difference.path)
                executable = self.outputs[difference.path].executable
                replace(difference.path, content, executable=executable)
        for tree in self.config.trees:
            remove_unfinished(tree.target)
        return changed, left

    def _check_unchanged(self, path: Path) -> None:
        """Raise `ConfigurationError` for a page of the author's, edited meanwhile."""
        page = self.outputs[path].page
        if page is None or not page.in_place:
            return
        if decode(path.read_bytes()) != self.plan.files[path].source.text:
            raise ConfigurationError(
                f"{self.display(path)} was edited while it was read: build again"
            )

    def content(self, path: Path) -> bytes:
        """Return the bytes that a file of a target folder must hold."""
        return self.plan.content(path, self.outputs[path])

    def diff(self) -> Iterator[str]:
        """Yield the lines of a unified diff from the disk to what should be there."""
        import difflib  # what is in step has no differences

        for difference in self.differences():
            name = self.display(difference.path)
            old = _lines(
                difference.path.read_bytes() if difference.path.exists() else b""
            )
            expected = difference.path in self.outputs
            new = _lines(self.content(difference.path) if expected else b"")
            for line in difflib.unified_diff(
                old, new, f"{name} ({difference.drift.value})", f"{name} (twin)"
            ):
                # As diff says it, or the next line would stand on this one.
                yield line if line.endswith("\n") else f"{line}\n{_NO_LINE_END}\n"

    def display(self, path: Path) -> str:
        """Return a path as messages show it: from the project's root, with slashes."""
        return display(self.config.root, path)


def _compare(path: Path, output: Output) -> Drift | None:
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return Drift.MISSING
    if digest_of(found) == output.digest:
        same = is_executable(path) == output.executable
        return None if same else Drift.STALE
    if output.page is not None and output.page.in_place:
        from ..conversion import pages

        text = found.decode("utf-8", "replace").replace("\r\n", "\n")
        return Drift(pages.state(text, output.page.markup))
    said = signature(found)
    if said is None:
        # Either side may be a copied resource, which has no signature.
        return Drift.EDITED if output.is_twin else Drift.STALE
    return Drift.STALE if is_as_signed(found, said) else Drift.EDITED


def _kind_of_stray(path: Path) -> Drift:
    return Drift.ORPHAN if signature(path.read_bytes()) else Drift.FOREIGN


def _lines(content: bytes) -> list[str]:
    return io.StringIO(content.decode("utf-8", "replace")).readlines()
