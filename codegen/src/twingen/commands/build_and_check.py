"""build, check and diff: the twins on the disk and what they should be."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..project.cache import cache_of
from ..project.config import find_root
from ..project.twin_folders import Difference, Drift, Project
from .console import DRIFT, IN_STEP, Console
from .inputs import configured

if TYPE_CHECKING:
    from ..formatting.formatting_cache import Layouts

_RUNTIME = "twingen.runtime."
_COLOURS = {"-": "red", "+": "green", "@": "cyan"}
# How many files a build names that it has written.
_LISTED = 30


def project(
    console: Console,
    start: Path,
    *,
    cached: bool,
    jobs: int,
    layouts: Layouts | None = None,
    partly: bool = False,
) -> Project:
    """Read the project at or above a folder, and convert what is not known.

    With `partly` refusals are left to the caller.
    """
    config = configured(console, find_root(start.resolve()))
    return Project(
        config,
        cache=cache_of(config) if cached else None,
        jobs=jobs,
        progress=console.progress,
        layouts=layouts,
        partly=partly,
    )


def build(console: Console, project: Project, *, force: bool) -> int:
    changed, left = project.write(force=force)
    console.warn(project.plan.notes)
    tell(console, project, left)
    if any(difference.drift is Drift.EDITED for difference in left):
        console.note(
            "nothing written; move the edits to the sources, or overwrite them with "
            "`twingen build --force`"
        )
    else:
        if why := project.plan.why_turns:
            console.good(f"tasks take turns: {why}")
        for line in _changes(project, changed):
            console.good(line)
        counts = {verb: len(found) for verb, found in _verbs(changed).items()}
        removed = f", {counts['removed']} removed" if "removed" in counts else ""
        written = counts.get("written", 0)
        console.good(f"{_files(project)}: {written} written{removed}")
    if not console.for_people:
        return _report(console, project, left)
    return DRIFT if left else IN_STEP


def change(project: Project, difference: Difference) -> str:
    """Say what a build did to a file."""
    verb = "removed" if difference.drift is Drift.ORPHAN else "written"
    origin = f" (from {difference.origin})" if difference.origin else ""
    return f"{project.display(difference.path)}: {verb}{origin}"


def _changes(project: Project, changed: Sequence[Difference]) -> Iterator[str]:
    """Yield what was done to each file; what is copied of the runtime is one line."""
    runtime = [each for each in changed if _is_of_runtime(project, each)]
    listed = [each for each in changed if each not in runtime]
    yield from (change(project, each) for each in listed[:_LISTED])
    if len(listed) > _LISTED:
        yield f"and {len(listed) - _LISTED} more"
    for verb, found in _verbs(runtime).items():
        folder = min((each.path.parent for each in found), key=lambda p: len(p.parts))
        yield f"{project.display(folder)}: {_number(found)} of the runtime {verb}"


def _is_of_runtime(project: Project, difference: Difference) -> bool:
    """Return whether a file belongs to the runtime."""
    if difference.origin:
        return difference.origin.startswith(_RUNTIME)
    folder = project.plan.runtime_folder
    targets = [tree.target for tree in project.config.trees]
    return folder not in (None, *targets) and folder in difference.path.parents


def _verbs(changed: Sequence[Difference]) -> dict[str, list[Difference]]:
    """Return what was written and what was removed, each if there is any."""
    found: dict[str, list[Difference]] = {}
    for each in changed:
        verb = "removed" if each.drift is Drift.ORPHAN else "written"
        found.setdefault(verb, []).append(each)
    return found


def _number(found: Sequence[object]) -> str:
    return "1 file" if len(found) == 1 else f"{len(found)} files"


def _files(project: Project) -> str:
    return _number(list(project.outputs))


def check(console: Console, project: Project, *, diff: bool) -> int:
    differences = project.differences()
    console.warn(project.plan.notes)
    if not console.for_people:
        return _report(console, project, differences)
    if not differences:
        console.good(f"{_files(project)} in step")
        return IN_STEP
    if diff:
        _write_diff(console, project)
    from ..source_map import drift_report as drift

    tell(console, project, differences)
    console.note(drift.advice(differences))
    return DRIFT


def diff(console: Console, project: Project) -> int:
    _write_diff(console, project)
    return DRIFT if project.differences() else IN_STEP


def _write_diff(console: Console, project: Project) -> None:
    for line in project.diff():
        text = line.removesuffix("\n")
        heads = text.startswith(("--- ", "+++ "))
        colour = "bold" if heads else _COLOURS.get(text[:1], "")
        sys.stdout.write(console.out(text, *filter(None, [colour])) + "\n")


def tell(console: Console, project: Project, found: Sequence[Difference]) -> None:
    """List what is not in step, below the lines that were edited by hand."""
    if not console.for_people or not found:
        return
    from ..source_map import drift_report as drift

    edited = [each for each in found if each.drift is Drift.EDITED]
    console.report(DRIFT, list(drift.edits(project, edited)))
    for each in found:
        origin = f" (from {each.origin})" if each.origin else ""
        path = console.err(project.display(each.path), "bold")
        kind = console.err(drift.kind(project, each), "yellow")
        print(f"{path}: {kind}{origin}", file=sys.stderr)


def _report(console: Console, project: Project, found: Sequence[Difference]) -> int:
    """Report what is not in step to a machine; return the exit code."""
    if not found:
        return console.report(IN_STEP)
    from ..source_map import drift_report as drift

    findings = list(drift.findings(project, found))
    return console.report(DRIFT, findings, drift.fix(found))
