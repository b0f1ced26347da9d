"""`hasattr(asyncio, "timeout")` is answered where tasks take turns.

The runtime has what Python 3.13 has, on every Python: the answer is `True`, and
`getattr(asyncio, "timeout", None)` becomes the runtime's `timeout`. What the runtime
does not have is refused, as other uses of the module as a value are (`library_name`).
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
