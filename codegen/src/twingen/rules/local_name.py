"""Parameters and local variables are renamed by the rows of `[tool.twingen.locals]`.

The row `"async_client" = "client"` applies to every function of the sources that binds
the name `async_client`: to its parameters, its variables, and the functions inside it.
One `*` in both names makes a pattern.

Keyword arguments follow the parameters in calls of functions, methods and classes of
the sources. A call is refused if it may be such a call: if the source does not show the
class of the object, or if it passes `**options`.

A function is refused if it has both names, or if the old name is also a global, an
import, a class or a function in it. Attributes, fields of data classes and keys of
dictionaries are not variables, and keep their names.
"""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst

from ..analysis.symbols.local_names import LocalName, parameters_of
from ..analysis.types.object_classes import class_of
from ..analysis.types.typed_names import TypedNames
from ..diagnostics.refusal import Refused
from ..syntax.nodes import find
from .rule import Site, rewrite

# They hand keywords on to the function that they are given first.
_HANDING_ON = {"asyncio.to_thread", "functools.partial", "functools.partialmethod"}
_ANOTHER_NAME = "rename it in the source, or remove the row of tool.twingen.locals"


@rewrite("TW133", cst.Name, cst.Arg)
def rename_local(site: Site[cst.Name | cst.Arg]) -> cst.Name | cst.Arg | None:
    if not site.names.definitions.variables:
        return None
    old, new = site.old, site.new
    if isinstance(old, cst.Arg):
        twin = _keyword(site.names, old)
        if twin is None:
            return None
        assert isinstance(new, cst.Arg)
        return new.with_changes(keyword=cst.Name(twin))
    found = site.names.local_names.get(id(old))
    if found is None:
        return None
    why = found.refused or _shadowed(site, found)
    if why and found.first:
        raise Refused(f"{old.value} cannot become {found.twin}: {why}", _ANOTHER_NAME)
    site.libraries.used.add(found.row)
    return new.with_changes(value=found.twin)


def _shadowed(site: Site[cst.Name | cst.Arg], found: LocalName) -> str:
    """Return why a function cannot use this name in the twin, if it cannot."""
    renames, known = site.libraries.renames, site.names.definitions.names
    for each in find(found.function, cst.Name) if found.first and renames else ():
        name = each.value
        if name in known and renames is not None and renames.local(name) == found.twin:
            return f"{name} has that name in the twin"
    return ""


def _keyword(names: TypedNames, old: cst.Arg) -> str | None:
    """Return what the keyword of an argument becomes, if it is of such a parameter."""
    call = names.parent(old)
    known = names.definitions.keywords
    if not known or not isinstance(call, cst.Call):
        return None
    if old.star == "**":
        _check_options(names, call, old)
        return None
    if old.keyword is None:
        return None
    name = old.keyword.value
    owners = [each for each, renamed in known.items() if name in _twins(renamed)]
    if not owners:
        return None
    renamed = _parameters(names, call)
    if renamed is not None:
        return renamed.get(name)
    if name in _given(names, call):
        raise Refused(
            f"{name} may be for a function that is given here, whose parameter has "
            "another name in the twin",
            f"give functools.partial(function, {name}=...), or the argument by its "
            "position",
        )
    if (owner := _possible(names, call.func, owners)) is None:
        return None
    raise Refused(
        f"this may be {owner}, whose parameter {name} has another name in the twin",
        "annotate the object with its class, or give the argument by its position",
    )


def _check_options(names: TypedNames, call: cst.Call, options: cst.Arg) -> None:
    """Refuse `**options` that may hold a parameter which is renamed."""
    renamed = set(_parameters(names, call) or {})
    renamed -= {each.keyword.value for each in call.args if each.keyword is not None}
    function = names.enclosing(call, cst.FunctionDef)
    rest = function.params.star_kwarg if function is not None else None
    if (
        function is not None
        and rest is not None
        and options.value.deep_equals(rest.name)
    ):
        # What has a parameter of its own is not among the rest.
        renamed -= {each.name.value for each in parameters_of(function)}
    if renamed:
        raise Refused(
            f"these arguments may contain {min(renamed)}, which has another name in "
            "the twin",
            "write the arguments out",
        )


def _parameters(names: TypedNames, call: cst.Call) -> Mapping[str, str] | None:
    """Return what is renamed of what a call can give; `None` if that is not known."""
    definitions, function = names.definitions, call.func
    qualified = names.qualified(function)
    if qualified is not None:
        behind = definitions.behind(qualified)
        if behind in definitions.classes:
            return _of_method(names, behind, "__init__") or {}
        if behind in definitions.keywords:
            return _twins(definitions.keywords[behind])
        if behind not in _HANDING_ON:
            return None if _given(names, call) else {}
        if not call.args or call.args[0].star:
            return None
        return _parameters(names, cst.Call(call.args[0].value))
    if isinstance(function, cst.Name):
        local = names.functions(function)
        twins = {
            each.name.value: found.twin
            for definition in local
            for each in parameters_of(definition)
            if (found := names.local_names.get(id(each.name))) is not None
        }
        if local:
            return twins
        owner = _class_given(names, function)
        return None if owner is None else _of_method(names, owner, "__init__") or {}
    if isinstance(function, cst.Attribute):
        owner = class_of(names, function.value)
        if owner is None:
            return None
        above = _is_super(function.value)
        found_in = _of_method(names, owner, function.attr.value, above=above)
        foreign = definitions.module_of(owner) is None and not _given(names, call)
        return {} if found_in is None and foreign else found_in
    return None


def _given(names: TypedNames, call: cst.Call) -> Mapping[str, str]:
    """Return what is renamed of the functions that a call is given to call them."""
    found: dict[str, str] = {}
    for arg in call.args:
        function = arg.value
        if not arg.star and isinstance(function, (cst.Name, cst.Attribute)):
            found.update(_parameters(names, cst.Call(function)) or {})
    return found


def _of_method(
    names: TypedNames, owner: str, name: str, *, above: bool = False
) -> Mapping[str, str] | None:
    """Return what is renamed of a method; `None` if no class that we know has it."""
    definitions = names.definitions
    for each in list(definitions.bases(owner))[int(above) :]:
        if f"{each}.{name}" in definitions.members:
            return _twins(definitions.keywords.get(f"{each}.{name}", ""))
    return None


def _class_given(names: TypedNames, function: cst.Name) -> str | None:
    """Return the class that `cls` is in a class method."""
    method = names.enclosing(function, cst.FunctionDef)
    owner = names.enclosing(method, cst.ClassDef) if method is not None else None
    if method is None or owner is None or not method.params.params:
        return None
    if method.params.params[0].name.value != function.value:
        return None
    decorators = {names.qualified(each.decorator) for each in method.decorators}
    return names.qualified(owner) if "builtins.classmethod" in decorators else None


def _possible(
    names: TypedNames, function: cst.BaseExpression, owners: list[str]
) -> str | None:
    """Return a function that may be called here, if one may be."""
    if not isinstance(function, cst.Attribute):
        return owners[0]
    name = function.attr.value
    held = bool(names.definitions.by("attributes", "last", name))
    if held or name == "__class__":
        return owners[0]
    return next((each for each in owners if each.rpartition(".")[2] == name), None)


def _twins(renamed: str) -> dict[str, str]:
    return {old: new for old, _, new in (e.partition("=") for e in renamed.split())}


def _is_super(value: cst.BaseExpression) -> bool:
    called = value.func if isinstance(value, cst.Call) else None
    return isinstance(called, cst.Name) and called.value == "super"
