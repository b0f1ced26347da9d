"""`AsyncGenerator[Y, S]` becomes `Generator[Y, S, None]`.

A row of the tables renames the class. This rule adds the third type of the sync
generator, the type of the value that it returns.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.type_parameters import ASYNC_GENERATORS, with_return_type
from .rule import Site, rewrite


@rewrite("TW204", cst.Subscript)
def add_return_type(site: Site[cst.Subscript]) -> cst.Subscript | None:
    if site.names.qualified(site.old.value) not in ASYNC_GENERATORS:
        return None
    return with_return_type(site.new)
