"""`if iscoroutinefunction(f): raise ...` becomes a test for what `f` was in the source.

With `tasks = "turns"`, users of the twin write plain functions in place of coroutine
functions. Therefore `iscoroutinefunction(f)` is true for their functions. A check that
rejects coroutine functions must not reject these, so the twin calls
`was_coroutine_function(f)`, which is false for them. The same holds for
`assert not iscoroutinefunction(f)`, and for a variable that only such checks use.
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
