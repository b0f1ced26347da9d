"""`hasattr(asyncio, "timeout")` becomes `True` with `tasks = "turns"`.

The twin uses the runtime in place of asyncio. The runtime has the names of asyncio in
Python 3.13, on every supported Python. For the same reason
`getattr(asyncio, "timeout", None)` becomes the runtime's `timeout`.

Names that the runtime does not have are refused, as are other uses of the module as a
value (`library_name`).
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.attribute_tests import asked_of_module
from .rule import Site, rewrite


@rewrite("TW407", cst.Call, tasks="turns")
def answer(site: Site[cst.Call]) -> cst.BaseExpression | None:
    name = asked_of_module(site.names, site.libraries, site.old)
    if name is None:
        return None
    if site.names.qualified(site.old.func) == "builtins.hasattr":
        return cst.Name("True", lpar=site.new.lpar, rpar=site.new.rpar)
    verdict = site.libraries.verdict(name)
    assert verdict is not None
    return site.imports.name(verdict.becomes)
