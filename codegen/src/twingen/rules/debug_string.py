"""`f"{await x()=}"` is refused, because it prints its own source code.

The source code of the twin is different, so the twin would print another text.
"""

from __future__ import annotations

import libcst as cst

from ..diagnostics.refusal import Refused
from ..syntax.nodes import find
from .rule import Site, rewrite


@rewrite("TW110", cst.FormattedStringExpression)
def refuse_own_source(site: Site[cst.FormattedStringExpression]) -> None:
    if site.old.equal is None or not find(site.old.expression, cst.Await):
        return
    raise Refused(
        "this prints its own `await`, which the twin does not have",
        'write the label yourself: f"x()={await x()!r}"',
    )
