"""Members of lists that only the async side has.

The marker stands at the end of the line of a parameter, an argument, an
imported name, an item of `with`, or an element of a list, tuple, set or dict.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import libcst as cst

from ...syntax.source import ASYNC_ONLY
from .markers import marks

# Where each node keeps its members, and what closes them.
_MEMBERS: dict[type[cst.CSTNode], tuple[tuple[str, ...], str]] = {
    cst.Call: (("args",), ""),
    cst.ClassDef: (("bases", "keywords"), ""),
    cst.List: (("elements",), "rbracket"),
    cst.Set: (("elements",), "rbrace"),
    cst.Dict: (("elements",), "rbrace"),
    cst.Tuple: (("elements",), "rpar"),
    cst.ImportFrom: (("names",), "rpar"),
    cst.With: (("items",), "rpar"),
}
# These cannot be written without a member.
_NEVER_EMPTY = (cst.Set, cst.ImportFrom, cst.With)
_PARAMETERS = ("posonly_params", "params", "kwonly_params")


def dropped_members(
    node: cst.CSTNode, named: Collection[cst.CSTNode] = frozenset()
) -> list[cst.CSTNode]:
    """Return the members of a node's list that carry the marker, or are `named`.

    None where nothing would be left and the list cannot be empty.
    """
    if isinstance(node, cst.FunctionDef):
        return [p for p in _positional(node) + _keyword(node) if _is_marked(p, None)]
    found = _MEMBERS.get(type(node))
    if found is None:
        return []
    fields, closer = found
    members = [member for field in fields for member in _sequence(node, field)]
    if not members:
        return []
    end = _closer(node, closer)
    marked = [
        member
        for member in members
        if member in named or _is_marked(member, end if member is members[-1] else None)
    ]
    if isinstance(node, _NEVER_EMPTY) and len(marked) == len(members):
        return []
    return marked


def without_members(
    node: cst.CSTNode, updated: cst.CSTNode, dropped: Sequence[cst.CSTNode]
) -> cst.CSTNode:
    """Return an updated node without the members that its original is to lose."""
    if isinstance(node, cst.FunctionDef):
        assert isinstance(updated, cst.FunctionDef)
        return _without_parameters(node, updated, dropped)
    fields, closer = _MEMBERS[type(node)]
    changes: dict[str, object] = {}
    last: cst.CSTNode | None = None
    for field in fields:
        old, new = _sequence(node, field), _sequence(updated, field)
        changes[field] = [n for o, n in zip(old, new, strict=True) if o not in dropped]
        last = old[-1] if old else last
    if last in dropped and closer:
        changes[closer] = _unmarked_closer(getattr(updated, closer))
    return updated.with_changes(**changes)


def _sequence(node: cst.CSTNode, field: str) -> Sequence[Any]:
    """Return the members in one field; `from x import *` has none."""
    members = getattr(node, field)
    return members if isinstance(members, (list, tuple)) else ()


def parameters_lost(
    function: cst.FunctionDef, dropped: Sequence[cst.CSTNode]
) -> dict[str, int | None]:
    """Return the dropped parameters with their positions; `None`: keyword only."""
    lost: dict[str, int | None] = {}
    for position, parameter in enumerate(_positional(function)):
        if parameter in dropped:
            lost[parameter.name.value] = position
    for parameter in _keyword(function):
        if parameter in dropped:
            lost[parameter.name.value] = None
    return lost


def _positional(function: cst.FunctionDef) -> list[cst.Param]:
    return [*function.params.posonly_params, *function.params.params]


def _keyword(function: cst.FunctionDef) -> list[cst.Param]:
    return list(function.params.kwonly_params)


def _without_parameters(
    node: cst.FunctionDef, updated: cst.FunctionDef, dropped: Sequence[cst.CSTNode]
) -> cst.FunctionDef:
    changes: dict[str, object] = {}
    for field in _PARAMETERS:
        pairs = zip(
            getattr(node.params, field), getattr(updated.params, field), strict=True
        )
        changes[field] = [new for old, new in pairs if old not in dropped]
    if not changes["kwonly_params"] and isinstance(node.params.star_arg, cst.ParamStar):
        changes["star_arg"] = cst.MaybeSentinel.DEFAULT
    if not changes["posonly_params"]:
        changes["posonly_ind"] = cst.MaybeSentinel.DEFAULT
    return updated.with_changes(params=updated.params.with_changes(**changes))


def _is_marked(member: Any, closer: cst.BaseParenthesizableWhitespace | None) -> bool:
    places = [closer]
    if isinstance(member.comma, cst.Comma):
        places.append(member.comma.whitespace_after)
    for field in ("whitespace_after_arg", "whitespace_after_param"):
        places.append(getattr(member, field, None))
    return any(
        isinstance(place, cst.ParenthesizedWhitespace)
        and marks(place.first_line.comment, ASYNC_ONLY)
        for place in places
    )


def _closer(node: cst.CSTNode, field: str) -> cst.BaseParenthesizableWhitespace | None:
    found = getattr(node, field) if field else None
    if isinstance(found, (list, tuple)):
        found = found[0] if found else None
    before = getattr(found, "whitespace_before", None)
    return before if isinstance(before, cst.ParenthesizedWhitespace) else None


def _unmarked_closer(found: Any) -> Any:
    """Return what closes a list without the marker of the member before it."""
    if isinstance(found, (list, tuple)):
        return [_unmarked_closer(found[0]), *found[1:]] if found else found
    before = getattr(found, "whitespace_before", None)
    if not isinstance(before, cst.ParenthesizedWhitespace):
        return found
    if not marks(before.first_line.comment, ASYNC_ONLY):
        return found
    line = before.first_line.with_changes(comment=None)
    return found.with_changes(whitespace_before=before.with_changes(first_line=line))
