"""A private name that contains the name of a renamed class is renamed as well.

Python stores the attribute `__secret` of `AsyncClient` as `_AsyncClient__secret`, and
that of its twin as `_Client__secret`. If the sources write the full name, the twin has
its own. Strings with such a name are renamed too (`named_string`).
"""

from __future__ import annotations

import libcst as cst

from ..analysis.symbols.names_in_strings import twin_of_mangled
from .rule import Site, rewrite


@rewrite("TW234", cst.Attribute, cst.Name)
def rename_private(
    site: Site[cst.Attribute | cst.Name],
) -> cst.Attribute | cst.Name | None:
    old, new, renames = site.old, site.new, site.libraries.renames
    name = old.attr if isinstance(old, cst.Attribute) else old
    if renames is None or not name.value.startswith("_") or "__" not in name.value[1:]:
        return None
    if isinstance(old, cst.Name) and not site.names.is_reference(old):
        return None
    twin = twin_of_mangled(name.value, renames.words())
    if twin is None:
        return None
    if isinstance(new, cst.Attribute):
        return new.with_changes(attr=new.attr.with_changes(value=twin))
    return new.with_changes(value=twin)
