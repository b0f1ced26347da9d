"""`global` and `nonlocal` use the names of the twin."""

from __future__ import annotations

import libcst as cst

from .rule import Site, rewrite


@rewrite("TW212", cst.NameItem)
def rename_item(site: Site[cst.NameItem]) -> cst.NameItem | None:
    name = site.old.name
    qualified = site.names.qualified(name.value, at=site.old)
    twin = None if qualified is None else site.twin_name(name, qualified)
    if not isinstance(twin, cst.Name):
        return None
    return site.new.with_changes(name=site.new.name.with_changes(value=twin.value))
