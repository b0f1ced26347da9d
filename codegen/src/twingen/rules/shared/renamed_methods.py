"""What the twin calls a method, by the class of the object where that is known."""

from __future__ import annotations

import libcst as cst

from ...analysis.symbols.async_protocols import DUNDERS
from ...analysis.types.object_classes import class_of
from ...diagnostics.refusal import Refused
from ..rule import Site


def twin_of_method(
    site: Site[cst.CSTNode], value: cst.BaseExpression, name: str
) -> str | None:
    """Return what a method of an object is called in the twin, if that is renamed.

    Raises :class:`Refused` when that depends on a class which is not shown.
    """
    if not site.libraries.may_rename(name):
        return None
    return _twin(site, class_of(site.names, value), name)


def twin_of_member(
    site: Site[cst.CSTNode], value: cst.BaseExpression, text: str
) -> str | None:
    """Return what an object, or a module, calls what it is asked for by name.

    `None` if that stays. Raises :class:`Refused` as :func:`twin_of_method` does.
    """
    if "." in text or value is site.old:
        return None
    module = site.names.qualified(value)
    renames = site.libraries.renames
    if module in site.names.definitions.modules and renames is not None:
        return renames.local(text, module or "")
    if module is not None and site.names.imported(value):
        verdict = site.libraries.verdict(f"{module}.{text}")
        home, _, last = (verdict.becomes if verdict else "").rpartition(".")
        if home == module:
            return last
        if renames is not None and text in renames.words():
            return None
    twin = DUNDERS.get(text) or twin_of_method(site, value, text)
    if twin is None and renames is not None and class_of(site.names, value) is None:
        return renames.words().get(text)  # of a module that is not shown
    return twin


def twin_of_path(site: Site[cst.CSTNode], path: str) -> str:
    """Return the twin of a dotted path of members, of an object that is not shown."""
    return ".".join(
        DUNDERS.get(each) or _twin(site, None, each) or each for each in path.split(".")
    )


def _twin(site: Site[cst.CSTNode], owner: str | None, name: str) -> str | None:
    libraries = site.libraries
    definitions = site.names.definitions
    is_own = owner in definitions.classes
    for each in definitions.bases(owner) if owner is not None else ():
        if (row := libraries.member_of(each, name)) is not None:
            if row.refuse:  # see `member_name`
                break
            return row.becomes.rpartition(".")[2] or None
    if libraries.own_methods is not None:
        if owner is None:
            twins = libraries.own_methods.twins(name)
            if len(twins) > 1:
                raise Refused(
                    f"{name} is renamed in one class of the sources and not in "
                    "another, and the class of this object is not known",
                    "annotate the object with its class",
                )
            if twins != {None} and twins:
                return twins.pop()
        elif is_own and (twin := libraries.own_methods.twin_of(owner, name)):
            return twin
    return libraries.method_of(name, None if is_own else owner)
