"""What becomes of each source of a project, for programs that ask file by file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..diagnostics.diagnostic import Diagnostic
from .twin_folders import Project


@dataclass(frozen=True)
class SourceResult:
    """One source, and its twin or what was refused of it.

    `twin` is the text that `target` would hold, with its header; `None` where there
    are `refusals`. A file that is refused as a whole, as a stub is, has no target.
    """

    source: Path
    target: Path | None
    twin: str | None
    refusals: tuple[Diagnostic, ...] = ()


def results(project: Project) -> list[SourceResult]:
    """Return the result of each source, in the order of their paths.

    `project` must be made `partly`.
    """
    root = project.config.root
    refused: dict[Path, list[Diagnostic]] = {}
    for each in project.refusals:
        refused.setdefault(root / each.path, []).append(each)
    targets = {file.path: target for target, file in project.plan.files.items()}
    found = []
    for source in sorted({*targets, *refused}):
        target, refusals = targets.get(source), tuple(refused.get(source, ()))
        twin = None
        if target is not None and not refusals:
            twin = project.content(target).decode()
        found.append(SourceResult(source, target, twin, refusals))
    return found
