"""Attributes of a module that is imported by its name as a string are renamed.

Examples are `importlib.import_module(name).AsyncDriver` and
`sys.modules[name].AsyncDriver`. It also works if a variable holds the module.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.symbols.names import Names
from ..analysis.types.aliases import meant_by
from .rule import Site, rewrite
from .shared.renamed_methods import twin_of_method

_IMPORTING = {"importlib.import_module", "builtins.__import__"}


@rewrite("TW236", cst.Attribute)
def rename_member(site: Site[cst.Attribute]) -> cst.Attribute | None:
    renames, name = site.libraries.renames, site.old.attr.value
    twin = renames.word(name) if renames is not None else None
    if twin is None or not any(
        _is_imported(site.names, each) for each in meant_by(site.names, site.old.value)
    ):
        return None
    if twin_of_method(site, site.old.value, name) is not None:
        return None
    return site.new.with_changes(attr=site.new.attr.with_changes(value=twin))


def _is_imported(names: Names, value: cst.BaseExpression) -> bool:
    """Recognize a call that imports a module, and one that was imported."""
    if isinstance(value, cst.Call):
        return names.qualified(value.func) in _IMPORTING
    return (
        isinstance(value, cst.Subscript)
        and names.qualified(value.value) == "sys.modules"
    )
