"""Methods that only asynchronous objects have get their sync names.

`aclose` of a generator becomes `close`, `enter_async_context` of an exit stack
`enter_context`, and so on: the rows of `[methods]` in the tables.
"""

from __future__ import annotations

import libcst as cst

from ..rule import Site, rewrite


@rewrite("TW107", cst.Attribute)
def rename_method(site: Site[cst.Attribute]) -> cst.Attribute | None:
    twin = site.libraries.methods.get(site.old.attr.value)
    if twin is None:
        return None
    return site.new.with_changes(attr=site.new.attr.with_changes(value=twin))
