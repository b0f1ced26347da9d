"""A member that only the async side has must not be used on both sides.

A method, a variable of a class or an attribute of `self` is not in the twin if only
code with the marker `# twingen: async-only` defines it. Code without the marker must
not use it. It may use the name if the twin has such a member from a base class, or from
another method that is renamed.

If the class of an object is not known, awaiting a member is refused when no class of
the sources has this member in the twin.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.merged_members import Members
from ..analysis.types.object_classes import class_of
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite


@rewrite("TW129", cst.Attribute)
def refuse_lost(site: Site[cst.Attribute]) -> None:
    names, name = site.names, site.old.attr.value
    definitions = names.definitions
    losing = definitions.losing(name)
    if not losing or isinstance(names.parent(site.old), cst.AssignTarget):
        return
    owner = class_of(names, site.old.value)
    if owner is None:
        if _is_awaited(site) and not names.imported(site.old):
            _check_every_class(site, losing)
        return
    if owner not in definitions.classes:
        return
    members = Members(definitions, site.libraries, owner)
    lost = [each for each in members.classes if each in losing]
    if not lost or members.holder(name):
        return
    twin = members.twin_of(lost[0], name) or name
    if members.holder(twin) or members.source_of(twin):
        return
    raise Refused(
        f"{name} of {lost[0]} is marked async-only, so the twin does not have it",
        "mark this code `# twingen: async-only`, or define one for the twin",
        node=site.old.attr,
    )


def _check_every_class(site: Site[cst.Attribute], losing: set[str]) -> None:
    """Refuse what is awaited of an object whose class is not known."""
    name = site.old.attr.value
    definitions, libraries = site.names.definitions, site.libraries
    if libraries.methods.get(name) or definitions.defining(name):
        return
    raise Refused(
        f"{name} of {', '.join(sorted(losing))} is marked async-only, and nothing "
        "shows that this object is of another class",
        "mark this code `# twingen: async-only`, or annotate the object with its class",
        node=site.old.attr,
    )


def _is_awaited(site: Site[cst.Attribute]) -> bool:
    call = site.names.parent(site.old)
    if not (isinstance(call, cst.Call) and call.func is site.old):
        return False
    around = site.names.parent(call)
    if isinstance(around, (cst.For, cst.CompFor)):
        return around.asynchronous is not None and around.iter is call
    if isinstance(around, cst.WithItem):
        block = site.names.parent(around)
        return isinstance(block, cst.With) and block.asynchronous is not None
    return isinstance(around, cst.Await)
