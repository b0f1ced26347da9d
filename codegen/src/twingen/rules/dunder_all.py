"""The strings of `__all__` follow the names they stand for."""

from __future__ import annotations

import libcst as cst

from ..meaning.string_places import is_export
from ..rule import Site, rewrite


@rewrite("TW203", cst.SimpleString)
def rename_export(site: Site[cst.SimpleString]) -> cst.SimpleString | None:
    if not is_export(site.names, site.old):
        return None
    name = site.old.evaluated_value
    if not isinstance(name, str) or not name.isidentifier():
        return None
    twin = site.twin_at(cst.Name(name), site.old)
    if not isinstance(twin, cst.Name):
        return None
    quote = site.old.quote
    return site.new.with_changes(value=f"{site.old.prefix}{quote}{twin.value}{quote}")
