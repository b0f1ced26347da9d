"""`get_running_loop()` becomes `get_running_loop(strict=True)` if its error is caught.

Such code finds out whether an event loop runs, by the RuntimeError. With `strict=True`
the function raises it in a thread that runs no event loop. In other places such a
thread gets the event loop of the process, which all of its tasks share.
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
