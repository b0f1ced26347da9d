"""The strings of `__all__` are renamed together with the names that they stand for.

The same holds for names that the `__getattr__` of a module compares or looks up in a
table, if the sources define these names.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.string_literals import is_asked_for, is_export, is_type
from ..syntax.nodes import text_of, with_contents
from .rule import Site, rewrite


@rewrite("TW203", cst.SimpleString)
def rename_export(site: Site[cst.SimpleString]) -> cst.SimpleString | None:
    name = text_of(site.old)
    if not isinstance(name, str) or not name.isidentifier():
        return None
    twin = _own(site, name)
    if is_export(site.names, site.old):
        if site.of_runtime(site.names.meanings(name, site.old)) is not None:
            return None  # see `library_name`
        bound = site.twin_at(cst.Name(name), site.old)
        if site.names.is_alias(name):
            return None  # it keeps its name, whatever it stands for
        is_bound = site.names.is_bound_beside(site.names.tree, name)
        twin = (
            bound.value if isinstance(bound, cst.Name) else None if is_bound else twin
        )
    elif _is_of_others(site) or not is_asked_for(site.names, site.old):
        return None
    else:
        twin = twin or _offered(site, name)
    if twin is None:
        return None
    return with_contents(site.new, twin)


def _own(site: Site[cst.SimpleString], name: str) -> str | None:
    """Return the other name that the twin has for what the sources define."""
    renames = site.libraries.renames
    return None if renames is None else renames.words().get(name)


def _offered(site: Site[cst.SimpleString], name: str) -> str | None:
    """Return the other name by which the twins ask a module for what nothing defines.

    Their imports of it follow the patterns, too.
    """
    renames = site.libraries.renames
    compared = site.names.enclosing(site.old, cst.Comparison) is not None
    listed = site.names.enclosing(site.old, cst.Return) is not None
    if renames is None or not (compared or listed):
        return None
    twin = renames.local(name)
    return twin if twin != name else None


def _is_of_others(site: Site[cst.SimpleString]) -> bool:
    """Recognize a string that is a type, an argument, or converted as any text is."""
    renames, names = site.libraries.renames, site.names
    return (
        isinstance(names.parent(site.old), cst.Arg)
        or is_type(names, site.old)
        or (renames is not None and renames.texts_of(names.module) is not None)
    )
