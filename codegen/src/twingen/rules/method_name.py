"""Methods that only asynchronous objects have get their sync names.

`aclose` of a generator becomes `close`, `enter_async_context` of an exit stack
`enter_context`, and so on: the rows of `[methods]` in the tables. Methods that
a class of the project defines under such a name are renamed with their calls;
a class that has both names is refused.
"""

from __future__ import annotations

import libcst as cst

from ..rule import Refused, Site, rewrite


@rewrite("TW107", cst.Attribute, cst.Name)
def rename_method(
    site: Site[cst.Attribute | cst.Name],
) -> cst.Attribute | cst.Name | None:
    methods = site.libraries.methods
    if isinstance(site.new, cst.Attribute):
        twin = methods.get(site.new.attr.value)
        if twin is None:
            return None
        return site.new.with_changes(attr=site.new.attr.with_changes(value=twin))
    owner = _class_that_defines(site)
    if owner is None or site.new.value not in methods:
        return None
    twin = methods[site.new.value]
    definitions, names = site.names.definitions, site.names
    if names.is_bound_beside(site.old, twin) or definitions.has_member(
        f"{names.module}.{owner.name.value}", twin
    ):
        raise Refused(
            f"the class has both {site.new.value} and {twin}, and the twin has one "
            "name for them",
            f"keep one of them, or mark {twin} `# twingen: async-only`",
        )
    return site.new.with_changes(value=twin)


def _class_that_defines(site: Site[cst.Attribute | cst.Name]) -> cst.ClassDef | None:
    """Return the class whose method has this name at its definition."""
    function = site.names.parent(site.old)
    if not (isinstance(function, cst.FunctionDef) and function.name is site.old):
        return None
    owner = site.names.enclosing(function, cst.ClassDef, cst.FunctionDef)
    return owner if isinstance(owner, cst.ClassDef) else None
