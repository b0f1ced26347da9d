"""Methods that only asynchronous objects have get their sync names.

For example, `aclose` of a generator becomes `close`, and `enter_async_context` of an
exit stack becomes `enter_context`. The names are rows of `[methods]` in the tables. A
row of a library applies to the classes of that library. It also applies to every object
whose class is not known. Methods of the project with such a name are renamed, with
their calls.

`[tool.twingen.methods]` renames other methods of the project's classes:
`"AsyncClient.a*" = "*"` applies to the `async def` methods of AsyncClient, and to their
overrides in subclasses. If the class of an object is not known, a call is renamed if
all classes of the project that define the method agree. Otherwise it is refused. A
class that would have two methods with the same name is refused.

Class variables and annotations with such a name are renamed like methods. So are
keywords that become attributes, in calls of mocks and `types.SimpleNamespace`, and in
patterns. A field of a data class or a named tuple is refused, because it is also a
keyword of the constructor.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.mocks_and_namespaces import sets_attributes
from ..analysis.symbols.async_protocols import DUNDERS
from ..analysis.symbols.names import Names
from ..analysis.types.merged_members import Members
from ..analysis.types.object_classes import class_of
from ..diagnostics.refusal import Refused
from .rule import Replacement, Site, rewrite
from .shared.renamed_methods import twin_of_method, twin_of_path

# Classes whose declarations are no keywords of a constructor.
_PLAIN_BASES = {"abc.ABC", "builtins.object", "enum.Enum"} | {
    f"{home}.{name}"
    for home in ("typing", "typing_extensions")
    for name in ("Generic", "Protocol")
}
_PLAIN_DECORATORS = {
    f"{home}.{name}"
    for home in ("typing", "typing_extensions")
    for name in ("final", "runtime_checkable")
}
_TYPED_DICTS = {"typing.TypedDict", "typing_extensions.TypedDict"}


@rewrite("TW107", cst.Attribute, cst.Name, cst.Arg, cst.MatchKeywordElement)
def rename_method(site: Site[cst.CSTNode]) -> Replacement:
    old, new = site.old, site.new
    if isinstance(old, cst.Name):
        return _name(site, old)
    if isinstance(old, cst.Attribute):
        assert isinstance(new, cst.Attribute)
        twin = twin_of_method(site, old.value, old.attr.value)
        if twin is None:
            _check_awaited(site, old)
            return None
        return new.with_changes(attr=new.attr.with_changes(value=twin))
    if isinstance(old, cst.Arg):
        return _keyword(site, old)
    assert isinstance(old, cst.MatchKeywordElement)
    twin = _twin_in_pattern(site, old)
    return None if twin is None else new.with_changes(key=cst.Name(twin))


def _name(site: Site[cst.CSTNode], old: cst.Name) -> Replacement:
    """Return what the body of a class calls a member in the twin."""
    if not site.libraries.may_rename(old.value):
        return None
    owner, is_variable = _class_that_defines(site, old)
    if owner is None:
        return None
    name = old.value
    definitions, names = site.names.definitions, site.names
    qualified = f"{names.module}.{owner.name.value}"
    twin = Members(definitions, site.libraries, qualified).twin_of(qualified, name)
    if twin is None or twin == name or name in DUNDERS:
        return None
    if is_variable:
        if _is_alias_of(names, old, twin):
            return None  # the twin calls the method itself
        if _TYPED_DICTS & set(definitions.bases(qualified)):
            return None  # a key, which strings ask for
        _check_field(names, old, owner, twin)
    if names.is_bound_beside(site.old, twin):
        raise Refused(
            f"the class has both {name} and {twin}, which have the same "
            "name in the twin",
            f"keep one of them, or mark {twin} `# twingen: async-only`",
        )
    return site.new.with_changes(value=twin)


def _check_awaited(site: Site[cst.CSTNode], method: cst.Attribute) -> None:
    """Refuse what is awaited of any object, and has a row for some class alone."""
    name = method.attr.value
    classes = site.libraries.classes_renaming(name)
    call = site.names.parent(method)
    if not classes or site.names.imported(method) or not isinstance(call, cst.Call):
        return
    awaited = isinstance(site.names.parent(call), cst.Await)
    if awaited and class_of(site.names, method.value) is None:
        raise Refused(
            f"{name} of {', '.join(sorted(classes))} has another name in the twin, "
            "and the class of this object is not known",
            "annotate the object with its class, or add a row for all objects: "
            f'[tool.twingen.libraries.methods] {name} = "..."',
        )


def _class_that_defines(
    site: Site[cst.CSTNode], old: cst.Name
) -> tuple[cst.ClassDef | None, bool]:
    """Return the class whose member has this name, at its definition or in the body.

    The second is true of what is no method.
    """
    function = site.names.parent(old)
    if not (isinstance(function, cst.FunctionDef) and function.name is old):
        if not site.names.is_reference(old):
            return None, False
        if site.names.is_variable_of_class(old):
            return site.names.enclosing(old, cst.ClassDef), True
        function = site.names.function(old)
        if function is None or site.names.is_definition(old):
            return None, False
    owner = site.names.enclosing(function, cst.ClassDef, cst.FunctionDef)
    return (owner if isinstance(owner, cst.ClassDef) else None), False


def _is_alias_of(names: Names, old: cst.Name, twin: str) -> bool:
    """Recognize `aclose = close`."""
    target = names.parent(old)
    assign = names.parent(target) if isinstance(target, cst.AssignTarget) else None
    value = assign.value if isinstance(assign, cst.Assign) else None
    return isinstance(value, cst.Name) and value.value == twin


def _check_field(names: Names, old: cst.Name, owner: cst.ClassDef, twin: str) -> None:
    """Refuse what is declared for a constructor that somebody else writes."""
    if not isinstance(names.parent(old), cst.AnnAssign):
        return
    decorators = [
        each.decorator.func if isinstance(each.decorator, cst.Call) else each.decorator
        for each in owner.decorators
    ]
    qualified = names.qualified(owner)
    known = names.definitions.classes
    bases = set(names.definitions.bases(qualified)) if qualified else set()
    if any(
        names.qualified(each) not in _PLAIN_DECORATORS for each in decorators
    ) or any(each not in _PLAIN_BASES and each not in known for each in bases):
        raise Refused(
            f"the constructor may take this field as {old.value}=, and the twin calls "
            f"the attribute {twin}",
            f"name it {twin}, or choose a name that stays the same",
        )


def _keyword(site: Site[cst.CSTNode], old: cst.Arg) -> cst.CSTNode | None:
    """Return an argument whose keyword becomes an attribute of an object."""
    if old.keyword is None or not sets_attributes(site.names, site.names.parent(old)):
        return None
    twin = twin_of_path(site, old.keyword.value)
    if twin == old.keyword.value:
        return None
    return site.new.with_changes(keyword=cst.Name(twin))


def _twin_in_pattern(
    site: Site[cst.CSTNode], element: cst.MatchKeywordElement
) -> str | None:
    pattern = site.names.parent(element)
    assert isinstance(pattern, cst.MatchClass)
    return twin_of_method(site, pattern.cls, element.key.value)
