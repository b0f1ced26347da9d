"""Calls lose the arguments of parameters that only the async side has.

A parameter with the marker `# twingen: async-only` is not in the signature of the twin.
Calls of functions, methods and classes of the project lose its argument, by name or by
position, if the argument is a plain name, an attribute or a constant. An argument that
is computed needs a marker of its own.

If the source does not show the class of an object, a call of its method may be such a
call. It is refused if it passes the argument.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.object_classes import class_of
from ..analysis.types.typed_names import TypedNames
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite

_Lost = dict[str, "int | None"]


@rewrite("TW232", cst.Call)
def drop_argument(site: Site[cst.Call]) -> cst.Call | None:
    names = site.names
    if not names.side.parameters and not names.definitions.parameters:
        return None
    lost = _lost_by(names, site.old.func)
    if lost is None:
        _check_unknown(site)
        return None
    dropped = [
        index
        for name, position in lost.items()
        if (index := _index(site.old, name, position)) is not None
    ]
    for index in dropped:
        if not _is_plain(site.old.args[index].value):
            raise Refused(
                "the twin's function has no parameter for this argument, and it is "
                "computed here",
                "mark the argument `# twingen: async-only` too, on a line of its own",
                node=site.old.args[index],
            )
    if not dropped:
        return None
    kept = [arg for i, arg in enumerate(site.new.args) if i not in dropped]
    ended_without = not isinstance(site.new.args[-1].comma, cst.Comma)
    if kept and ended_without:  # else black spreads the call over lines
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return site.new.with_changes(args=kept)


def _lost_by(names: TypedNames, function: cst.BaseExpression) -> _Lost | None:
    """Return what the function that is called lost; `None` if it is not known."""
    definitions = names.definitions
    qualified = names.qualified(function)
    if qualified is not None:
        return definitions.parameters_lost(qualified)
    if isinstance(function, cst.Name):
        # Several definitions, one after the other or in branches, may lose the same.
        local = names.functions(function)
        lost = [names.side.parameters.get(each, {}) for each in local]
        return lost[0] if lost and all(each == lost[0] for each in lost) else None
    if isinstance(function, cst.Attribute):
        above = _is_super(function.value)
        owner = class_of(names, function.value)
        if owner is not None:
            by_method = definitions.parameters_lost_by_method(
                owner, function.attr.value, above=above
            )
            foreign = definitions.module_of(owner) is None
            return {} if by_method is None and foreign else by_method
    return None


def _is_super(value: cst.BaseExpression) -> bool:
    called = value.func if isinstance(value, cst.Call) else None
    return isinstance(called, cst.Name) and called.value == "super"


def _check_unknown(site: Site[cst.Call]) -> None:
    """Refuse a call that gives what some function of this name lost."""
    function = site.old.func
    name = function.attr if isinstance(function, cst.Attribute) else function
    if not isinstance(name, cst.Name):
        return
    definitions = site.names.definitions
    # What a function defines itself comes last: it is the least likely.
    for qualified in sorted(
        definitions.by("parameters", "last", name.value),
        key=lambda each: ("<locals>" in each, each),
    ):
        lost = definitions.parameters_lost_on_object(qualified)
        for parameter, position in lost.items():
            if _index(site.old, parameter, position) is not None:
                raise Refused(
                    f"this may be {qualified}, which has no {parameter} in the twin",
                    "annotate the object with its class, or mark the argument "
                    "`# twingen: async-only` where it is one",
                )


def _index(call: cst.Call, name: str, position: int | None) -> int | None:
    """Return which argument of a call is given to a parameter."""
    for index, arg in enumerate(call.args):
        if arg.keyword is not None and arg.keyword.value == name:
            return index
        starred = bool(arg.star)
        if starred and (arg.star == "**" or position is not None):
            raise Refused(
                f"these arguments may contain {name}, which the twin's function does "
                "not have",
                "write the arguments out",
                node=arg,
            )
        if arg.keyword is None and not starred and index == position:
            return index
    return None


def _is_plain(value: cst.BaseExpression) -> bool:
    """Return whether an expression is read without doing anything."""
    if isinstance(value, cst.Attribute):
        return _is_plain(value.value)
    return isinstance(
        value, (cst.Name, cst.SimpleString, cst.Integer, cst.Float, cst.Ellipsis)
    )
