"""preview: what converts, in a folder of its own, whatever else is refused."""

from __future__ import annotations

from pathlib import Path

from ..project.preview import Preview
from .build_and_check import project
from .console import FAILED, IN_STEP, Console


def preview(
    console: Console, start: Path, folder: Path | None, *, cached: bool, jobs: int
) -> int:
    """Write the twins that can be converted; print the refusals, and their number."""
    tree = project(console, start, cached=cached, jobs=jobs, partly=True)
    made = Preview(tree, folder)
    made.write()
    refusals = tree.plan.findings
    code = FAILED if refusals else IN_STEP
    if not console.for_people:
        return console.report(code, refusals)
    console.refusals(refusals)
    twins = len(tree.plan.files)
    console.good(
        f"{made.twins} of {twins} {'twin' if twins == 1 else 'twins'} written to "
        f"{tree.display(made.folder)}; the target folders are unchanged"
    )
    if refusals:
        console.note(f"refused at {console.counted(refusals)}")
    return code
