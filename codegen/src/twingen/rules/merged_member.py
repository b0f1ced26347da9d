"""Two members of an object must not become the same member.

`aclose` becomes `close`. If a base class has another method `close`, the new method
overrides it, and a call of one is a call of the other. The same holds for `__aenter__`
and an inherited `__enter__`, for `__aiter__` and `__iter__`, and for methods that
`methods` renames.

Such a pair is refused in a class and its bases, in two bases of one class, in a
subclass, and if a method assigns one of them as an attribute. Base classes of other
libraries are looked up in the installed packages.

A use of the name is refused if the class has no other member with it, such as
`self.close()` in a class that only has `aclose`.

A class with `__getitem__` and `__aiter__` is refused. Without `__iter__`, Python
iterates over it by calling `__getitem__` with numbers. It is allowed if the annotation
of the key shows that the key is not a number.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from ..analysis.symbols.async_protocols import DUNDERS
from ..analysis.types.merged_members import Members, Merged
from ..analysis.types.object_classes import class_of
from ..analysis.types.sync_and_async_protocols import sync_beside
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite


@rewrite("TW128", cst.ClassDef, cst.Attribute)
def refuse_merged(site: Site[cst.ClassDef | cst.Attribute]) -> None:
    if isinstance(site.old, cst.Attribute):
        _check_use(site, site.old)
        return
    qualified = site.names.qualified(site.old)
    if qualified is None or qualified not in site.names.definitions.classes:
        return
    members = Members(site.names.definitions, site.libraries, qualified)
    found = [
        each
        for each in members.merged()
        if not members.is_inherited_whole(each)
        and not _is_in_body(site, each)
        and not _is_told(site, members, each)
    ]
    if found:
        raise _refused(site, site.old, members, found)


def _is_in_body(site: Site[cst.ClassDef | cst.Attribute], found: Merged) -> bool:
    """Recognize members that `method_name` or `dunder_method` refuses."""
    assert isinstance(site.old, cst.ClassDef)
    place = _place(site, site.old, found.name)
    is_method = isinstance(site.names.parent(place), cst.FunctionDef)
    return is_method and site.names.is_bound_beside(place, found.twin)


def _is_told(
    site: Site[cst.ClassDef | cst.Attribute], members: Members, found: Merged
) -> bool:
    """Recognize protocols that `dunder_method` or `sync_protocol` handles."""
    if found.name not in DUNDERS or members.holder(found.twin) is None:
        return False
    if found.other in site.names.definitions.classes:
        return True
    assert isinstance(site.old, cst.ClassDef)
    place = _place(site, site.old, found.name)
    is_method = isinstance(site.names.parent(place), cst.FunctionDef)
    if not (is_method and isinstance(place, cst.Name)):
        return False
    return sync_beside(site.names, place) is not None


def _refused(
    site: Site[cst.ClassDef | cst.Attribute],
    owner: cst.ClassDef,
    members: Members,
    found: Sequence[Merged],
) -> Refused:
    first = found[0]
    here, name, twin = members.owner, first.name, first.twin
    place = _place(site, owner, name, twin)
    if members.holder(twin) is None:
        return Refused(
            "a plain iteration over this class uses __getitem__ in the source, and "
            "would use __aiter__ in the twin",
            "annotate the key if it is not a number, as in `key: str`, or mark "
            "__aiter__ `# twingen: async-only`",
            node=_place(site, owner, name, "__getitem__"),
        )
    alike = [e for e in found if (e.owner, e.other) == (first.owner, first.other)]
    names, twins = ([getattr(e, key) for e in alike] for key in ("name", "twin"))
    if here == first.owner == first.other:
        why = f"{name} and {twin} of this class"
        marked = _listed(names)
    elif here == first.owner:
        why = f"{name} of this class and {twin} of {first.other}"
        marked = _listed(names)
    elif here == first.other:
        why = f"{twin} of this class and {name} of {first.owner}"
        marked = _listed(twins)
    else:
        why = f"{name} of {first.owner} and {twin} of {first.other}"
        marked = f"{_listed(names)}, or {_listed(twins)},"
    return Refused(
        f"{why} have the same name in the twin",
        f"mark {marked} `# twingen: async-only`, or rename one of the two",
        node=place,
    )


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _place(
    site: Site[cst.ClassDef | cst.Attribute], owner: cst.ClassDef, *names: str
) -> cst.CSTNode:
    """Return where the first of these members is defined, or the name of the class."""
    for name in names:
        for statement in owner.body.body:
            if isinstance(statement, cst.FunctionDef) and statement.name.value == name:
                return statement.name
        if bound := site.names.attributes.get(owner, {}).get(name):
            return bound[0]
    return owner.name


def _check_use(
    site: Site[cst.ClassDef | cst.Attribute], attribute: cst.Attribute
) -> None:
    """Refuse a member of which nothing shows where it comes from."""
    names, name = site.names, attribute.attr.value
    if not site.libraries.may_be_twin(name):
        return
    owner = class_of(names, attribute.value)
    if owner is None or owner not in names.definitions.classes:
        return
    members = Members(names.definitions, site.libraries, owner)
    source = members.source_of(name)
    if source is None or members.holder(name) or names.is_sync_only(attribute):
        return
    otherwise = "" if name.startswith("__") else f"rename {source}, or "
    raise Refused(
        f"{owner} may have {name}, which is the name of {source} in the twin",
        f"{otherwise}mark {source}, or this code, `# twingen: async-only`",
        node=attribute.attr,
    )
