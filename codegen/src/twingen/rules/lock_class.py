"""`asyncio.Lock` is a class; `threading.Lock` is a function before Python 3.13.

The name may be called and used in annotations. These uses are refused, because they
would fail in the twin: as a base class, in `isinstance`, in `case Lock():`, and in a
union that is evaluated when the module is imported.
"""

from __future__ import annotations

import libcst as cst

from ..diagnostics.refusal import Refused
from .rule import Site, rewrite

_CHECKS = ("builtins.isinstance", "builtins.issubclass")


@rewrite("TW210", cst.Name, cst.Attribute, tasks="threads")
def refuse_use_as_class(site: Site[cst.Name | cst.Attribute]) -> None:
    if site.names.qualified(site.old) != "asyncio.Lock":
        return
    inner: cst.CSTNode = site.old
    in_union = False
    for node in site.names.ancestors(site.old):
        if isinstance(node, cst.BinaryOperation):
            in_union = True
        elif isinstance(node, cst.Annotation):
            if in_union and not _is_lazy(site):
                raise Refused(
                    "this union is evaluated, and threading.Lock is a function "
                    "before Python 3.13",
                    "add `from __future__ import annotations`",
                )
            return
        elif isinstance(node, cst.Call) and inner is not node.func:
            if site.names.qualified(node.func) in _CHECKS:
                break
        elif isinstance(node, cst.MatchClass) or (
            isinstance(node, cst.ClassDef) and inner in node.bases
        ):
            break
        elif isinstance(node, (cst.BaseStatement, cst.BaseSmallStatement)):
            if in_union:
                break
            return
        inner = node
    raise Refused(
        "asyncio.Lock is used as a class here, and threading.Lock is a function "
        "before Python 3.13",
        "keep a lock in an attribute instead of deriving from it, and do not test "
        "whether a value is a lock",
    )


def _is_lazy(site: Site[cst.Name | cst.Attribute]) -> bool:
    """Return whether the module's annotations are never evaluated."""
    return site.names.is_bound_beside(site.names.tree, "annotations")
