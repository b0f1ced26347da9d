"""Methods that only asynchronous objects have get their sync names.

`aclose` of a generator becomes `close`, `enter_async_context` of an exit stack
`enter_context`, and so on: the rows of `[methods]` in the tables. A row of a
library is for its own classes where the class of the object is known, and for
every object where it is not. Methods that a class of the project defines under
such a name are renamed with their calls.

`[tool.twingen.methods]` renames more methods of the project's own classes:
`"AsyncClient.a*" = "*"` is for the `async def` methods of AsyncClient, and for
those that its subclasses define anew. Where the class of an object is not
known, a call follows if all classes of the project that define the method
agree; else it is refused. A class that would have two methods of one name is
refused.
"""

from __future__ import annotations

import libcst as cst

from ..meaning.methods import twin_of_method
from ..rule import Refused, Site, rewrite


@rewrite("TW107", cst.Attribute, cst.Name)
def rename_method(
    site: Site[cst.Attribute | cst.Name],
) -> cst.Attribute | cst.Name | None:
    if isinstance(site.old, cst.Attribute):
        assert isinstance(site.new, cst.Attribute)
        twin = twin_of_method(site, site.old.value, site.old.attr.value)
        if twin is None:
            return None
        return site.new.with_changes(attr=site.new.attr.with_changes(value=twin))
    owner = _class_that_defines(site)
    if owner is None:
        return None
    name = site.old.value
    definitions, names = site.names.definitions, site.names
    qualified = f"{names.module}.{owner.name.value}"
    own = site.libraries.own_methods
    twin = own.twin_of(qualified, name) if own else None
    twin = twin or site.libraries.methods.get(name)
    if twin is None:
        return None
    if names.is_bound_beside(site.old, twin) or definitions.has_member(qualified, twin):
        raise Refused(
            f"the class has both {name} and {twin}, and the twin has one "
            "name for them",
            f"keep one of them, or mark {twin} `# twingen: async-only`",
        )
    return site.new.with_changes(value=twin)


def _class_that_defines(site: Site[cst.Attribute | cst.Name]) -> cst.ClassDef | None:
    """Return the class whose method has this name, at its definition or in the body."""
    function = site.names.parent(site.old)
    if not (isinstance(function, cst.FunctionDef) and function.name is site.old):
        if not site.names.is_reference(site.old):
            return None
        assert isinstance(site.old, cst.Name)
        function = site.names.function(site.old)
        if function is None or site.names.is_definition(site.old):
            return None
    owner = site.names.enclosing(function, cst.ClassDef, cst.FunctionDef)
    return owner if isinstance(owner, cst.ClassDef) else None
