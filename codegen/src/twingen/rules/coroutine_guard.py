"""`if iscoroutinefunction(f): raise ...` asks whether a function was one in the source.

Where tasks take turns, a plain function that a user of the twin gives stands for a
coroutine function, and `iscoroutinefunction(f)` is true of it. A check that refuses
coroutine functions means others: `was_coroutine_function(f)` is not true of it. So it
is with `assert not iscoroutinefunction(f)`, and with a variable that only such checks
ask.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.coroutine_tests import FUNCTION_TESTS, refuses
from .rule import Site, rewrite

_WAS = "twingen.runtime.turns.inspection.was_coroutine_function"


@rewrite("TW408", cst.Call, tasks="turns")
def ask_what_it_was(site: Site[cst.Call]) -> cst.Call | None:
    if site.names.qualified(site.old.func) not in FUNCTION_TESTS:
        return None
    if not refuses(site.names, site.old):
        return None
    return site.new.with_changes(func=site.imports.name(_WAS))
