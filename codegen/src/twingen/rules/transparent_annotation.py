"""`Awaitable[T]` becomes `T`.

In the twin there is no step between a call and its value, so a type that
stands for that step alone (`Awaitable`, `Coroutine`, a wrapper of the
project's own) is replaced by its last parameter: rows with `unwrap = true`.
"""

from __future__ import annotations

import libcst as cst

from ..meaning.annotations import last_parameter
from ..rule import Site, rewrite


@rewrite("TW205", cst.Subscript)
def unwrap_type(site: Site[cst.Subscript]) -> cst.BaseExpression | None:
    verdict = site.verdict(site.old.value)
    if verdict is None or not verdict.unwrap:
        return None
    return last_parameter(site.new)
