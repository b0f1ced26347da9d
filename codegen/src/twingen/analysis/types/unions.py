"""Unions of types that have become one another in the twin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from ...syntax.tokens import tokens_of

_HOMES = ("typing", "typing_extensions")
_UNIONS = {f"{home}.Union" for home in _HOMES}
_OPTIONALS = {f"{home}.Optional" for home in _HOMES}


def once_each(
    old: cst.BinaryOperation, new: cst.BinaryOperation
) -> cst.BaseExpression | None:
    """Return `X | Y` of `X | Y | X`, and `None` where conversion made no two the same.

    Python cannot evaluate `None | None`.
    """
    if new is old or not isinstance(new.operator, cst.BitOr):
        return None
    if not _repeat(list(_parts(old)), list(_parts(new))):
        return None
    return _without(new, set())


def once_in_subscript(
    qualified: str | None, old: cst.Subscript, new: cst.Subscript
) -> cst.BaseExpression | None:
    """Return `Union[X, Y]` of `Union[X, Y, X]`, `None` of `Optional[None]`.

    `qualified` is what is subscribed; `None` where conversion made no two the same.
    """
    if qualified in _OPTIONALS:
        none = new.slice[0].slice
        became = _is_none(none) and not _is_none(old.slice[0].slice)
        return none.value if isinstance(none, cst.Index) and became else None
    if new is old:
        return None
    before, after = (
        [each.slice.value for each in node.slice if isinstance(each.slice, cst.Index)]
        for node in (old, new)
    )
    if qualified not in _UNIONS or not _repeat(before, after):
        return None
    seen: set[tuple[str, ...]] = set()
    kept = [each for each in new.slice if _is_first(each.slice, seen)]
    if len(kept) == 1 and isinstance(kept[0].slice, cst.Index):
        return kept[0].slice.value
    kept[-1] = kept[-1].with_changes(comma=new.slice[-1].comma)
    return new.with_changes(slice=kept)


def _repeat(
    before: Sequence[cst.BaseExpression], after: Sequence[cst.BaseExpression]
) -> bool:
    """Return whether conversion made types the same."""
    repeats = (len(each) - len(set(map(_spelled, each))) for each in (before, after))
    return all(map(_is_type, after)) and next(repeats) < next(repeats)


def _parts(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
        yield from _parts(node.left)
        yield from _parts(node.right)
    else:
        yield node


def _without(
    node: cst.BaseExpression, seen: set[tuple[str, ...]]
) -> cst.BaseExpression | None:
    """Return a union without the types that were seen; `None` if none is left."""
    if not isinstance(node, cst.BinaryOperation):
        return node if _is_first(node, seen) else None
    left, right = _without(node.left, seen), _without(node.right, seen)
    if left is None or right is None:
        one = right if left is None else left
        if isinstance(one, cst.BinaryOperation):  # it may stand on several lines
            return one.with_changes(
                lpar=[*node.lpar, *one.lpar], rpar=[*one.rpar, *node.rpar]
            )
        return one
    return node.with_changes(left=left, right=right)


def _is_first(node: cst.CSTNode, seen: set[tuple[str, ...]]) -> bool:
    spelled = _spelled(node)
    is_first = spelled not in seen
    seen.add(spelled)
    return is_first


def _spelled(node: cst.CSTNode) -> tuple[str, ...]:
    node = node.value if isinstance(node, cst.Index) else node
    if isinstance(node, cst.BaseExpression):
        node = node.with_changes(lpar=[], rpar=[])
    return tokens_of(node)


def _is_type(node: cst.BaseExpression) -> bool:
    return isinstance(node, (cst.Attribute, cst.Name, cst.SimpleString, cst.Subscript))


def _is_none(node: cst.CSTNode) -> bool:
    node = node.value if isinstance(node, cst.Index) else node
    return isinstance(node, cst.Name) and node.value == "None"
