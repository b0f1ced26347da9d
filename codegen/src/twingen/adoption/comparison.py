"""Compares hand-written twins with those that would be generated, unit by unit.

Nothing is written. Layout, comments and the order of definitions are no difference;
see `units` for what is.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ..diagnostics.diagnostic import ConfigurationError, ConversionError, Diagnostic
from ..project.files import decode, files_below
from ..project.twin_folders import Project
from .module_parts import Unit, units_of


class Status(Enum):
    """How one unit of a hand-written twin relates to the generated one."""

    SAME = "same"
    DIFFERS = "differs"
    WRITTEN = "only hand-written"
    GENERATED = "only generated"
    REFUSED = "refused"


@dataclass(frozen=True)
class Compared:
    """One function, class, assignment or group of imports of both twins.

    `line` is where the hand-written one begins, 0 where there is none.
    """

    name: str
    kind: str
    status: Status
    line: int = 0
    diff: str = ""


@dataclass(frozen=True)
class Comparison:
    """One module: the hand-written file, the source of the generated twin, its units.

    Without a `source` nothing is generated there; without `units` nothing is written.
    Of a source that is `refused` there is nothing to compare with.
    """

    path: str
    source: str
    units: tuple[Compared, ...] = ()
    refused: bool = False

    @property
    def status(self) -> Status:
        """Say how the two modules relate as a whole."""
        if self.refused:
            return Status.REFUSED
        if not self.source:
            return Status.WRITTEN
        if not self.units:
            return Status.GENERATED
        same = all(unit.status is Status.SAME for unit in self.units)
        return Status.SAME if same else Status.DIFFERS


class Adoption:
    """The comparison of a project's twins with those written by hand.

    The project may be made `partly`. `written` is a folder or a file, by default the
    configured targets; `source` says what it is the twin of, where that is not plain.
    """

    def __init__(
        self, project: Project, written: Path | None, source: Path | None
    ) -> None:
        self._project = project
        self._pairs = dict(self._paired(written, source))
        if not any(path.is_file() for path in self._pairs):
            raise ConfigurationError(
                f"there is no hand-written twin in {written or 'the target folders'}; "
                "say where: `twingen adopt PATH`"
            )

    def comparisons(self, *, docstrings: bool) -> Iterator[Comparison]:
        """Yield each module in order; with `docstrings` these count as well.

        Raises :class:`ConversionError` for a file that does not parse.
        """
        for path, target in sorted(self._pairs.items()):
            shown = self._project.display(path)
            if target is None:
                yield Comparison(shown, "")
                continue
            origin = self._project.plan.files[target].source.path
            if target not in self._project.outputs:
                yield Comparison(shown, origin, refused=True)
                continue
            if not path.is_file():
                yield Comparison(shown, origin)
                continue
            twin = self._project.content(target).decode()
            units = tuple(
                _compare(
                    units_of(_read(path, shown), shown, docstrings=docstrings),
                    units_of(twin, origin, docstrings=docstrings),
                )
            )
            # An empty module is the same as an empty one.
            nothing = Compared("(module)", "module", Status.SAME, 1)
            yield Comparison(shown, origin, units or (nothing,))

    def _paired(
        self, written: Path | None, source: Path | None
    ) -> Iterator[tuple[Path, Path | None]]:
        """Yield each hand-written module with the target of its twin, if it has one."""
        trees = self._project.config.trees
        if written is None:
            for tree in trees:
                yield from self._folder(tree.target, tree.target)
            return
        written = written.resolve()
        if not written.exists():
            raise ConfigurationError(f"{written} does not exist")
        if written.is_file():
            yield written, self._target_of(written, source)
            return
        folders = {
            tree.target
            for tree in trees
            if (source is None and len(trees) == 1)
            or (source.resolve() if source else written) in (tree.source, tree.target)
        }
        if len(folders) != 1:
            raise ConfigurationError(
                f"{written} may be the twin of several source folders; say which one: "
                f"--source {self._project.display(trees[0].source)}"
            )
        yield from self._folder(written, *folders)

    def _folder(
        self, written: Path, target: Path
    ) -> Iterator[tuple[Path, Path | None]]:
        for path in self._project.plan.files:
            if target in path.parents and path.suffix == ".py":
                yield written / path.relative_to(target), path
        known = {*self._project.outputs, *self._project.plan.files}
        for path in files_below(written) if written.is_dir() else []:
            expected = target / path.relative_to(written)
            if path.suffix == ".py" and expected not in known:
                yield path, None

    def _target_of(self, written: Path, source: Path | None) -> Path:
        """Return the twin that a single file stands for."""
        files = self._project.plan.files
        found = [
            target
            for target, file in files.items()
            if written == target
            or (source is not None and file.path == source.resolve())
        ] or [
            target for target in files if source is None and target.name == written.name
        ]
        if len(found) != 1:
            raise ConfigurationError(
                f"{written} may be the twin of {len(found)} sources; say which one: "
                "--source PATH"
            )
        return found[0]


def _compare(
    written: dict[str, Unit], generated: dict[str, Unit]
) -> Iterator[Compared]:
    """Yield what is hand-written in its order, then what is generated only."""
    for name, unit in written.items():
        twin = generated.get(name)
        if twin is None:
            yield Compared(name, unit.kind, Status.WRITTEN, unit.line)
        elif twin.text == unit.text:
            yield Compared(name, unit.kind, Status.SAME, unit.line)
        else:
            lines = difflib.unified_diff(
                unit.text.splitlines(keepends=True),
                twin.text.splitlines(keepends=True),
                "hand-written",
                "generated",
                n=2,
            )
            diff = "".join(lines)
            yield Compared(name, unit.kind, Status.DIFFERS, unit.line, diff)
    for name, unit in generated.items():
        if name not in written:
            yield Compared(name, unit.kind, Status.GENERATED)


def _read(path: Path, shown: str) -> str:
    try:
        return decode(path.read_bytes())
    except SyntaxError as error:
        problem = Diagnostic(shown, 1, 1, "TW003", "encoding", str(error.msg))
        raise ConversionError([problem]) from None
