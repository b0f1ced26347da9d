"""`get_running_loop()` whose RuntimeError is caught asks whether a loop runs.

Elsewhere a thread that runs no loop is given the loop of the process, which its tasks
share; here it is told that it runs none: `get_running_loop(strict=True)`.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.tasks.running_loop import is_question
from .rule import Site, rewrite


@rewrite("TW405", cst.Call, tasks="turns")
def ask_strictly(site: Site[cst.Call]) -> cst.Call | None:
    if not is_question(site.names, site.old):
        return None
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    strict = cst.Arg(cst.Name("True"), cst.Name("strict"), equal=equal)
    return site.new.with_changes(args=[strict])
