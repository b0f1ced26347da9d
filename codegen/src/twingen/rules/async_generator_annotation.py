"""`AsyncGenerator[Y, S]` becomes `Generator[Y, S, None]`.

The name itself is a row of the tables; this rule adds what the sync type has
in addition, the type of the value that the generator returns.
"""

from __future__ import annotations

import libcst as cst

from ..rule import Site, rewrite

_NAMES = {
    "collections.abc.AsyncGenerator",
    "typing.AsyncGenerator",
    "typing_extensions.AsyncGenerator",
}


@rewrite("TW204", cst.Subscript)
def add_return_type(site: Site[cst.Subscript]) -> cst.Subscript | None:
    if site.names.qualified(site.old.value) not in _NAMES:
        return None
    return with_return_type(site.new)


def with_return_type(subscript: cst.Subscript) -> cst.Subscript:
    """Return `Generator[...]` with the parameters that its async form leaves out."""
    none = cst.SubscriptElement(cst.Index(cst.Name("None")))
    slices = [
        element.with_changes(comma=cst.MaybeSentinel.DEFAULT)
        for element in subscript.slice
    ]
    return subscript.with_changes(slice=[*slices, *[none] * (3 - len(slices))])
