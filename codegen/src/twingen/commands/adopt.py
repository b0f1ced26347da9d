"""adopt: hand-written twins beside those that would be generated."""

from __future__ import annotations

import sys
from pathlib import Path

from ..adoption import comparison_report as adoption_report
from ..adoption.comparison import Adoption, Status
from .build_and_check import project
from .console import DRIFT, FAILED, IN_STEP, Console
from .inputs import given


def adopt(
    console: Console,
    start: Path,
    written: Path | None,
    source: Path | None,
    *,
    docstrings: bool,
) -> int:
    tree = project(console, start, cached=True, jobs=0, partly=True)
    if written is not None:
        written = given(start, written)
    if source is not None:
        source = given(start, source)
    adoption = Adoption(tree, written, source)
    found = list(adoption.comparisons(docstrings=docstrings))
    same = all(each.status is Status.SAME for each in found)
    code = IN_STEP if same else DRIFT
    shown = {each.source for each in found if each.refused}
    refusals = [each for each in tree.refusals if each.path in shown]
    if refusals:
        code = FAILED
    if not console.for_people:
        sys.stdout.write(adoption_report.as_json(found, refusals, code))
        return code
    console.refusals(refusals)
    for line in adoption_report.text(found, console.out):
        print(line)
    console.good(adoption_report.summary(found))
    if refusals:
        console.note(f"refused at {console.counted(refusals)}")
    return code
