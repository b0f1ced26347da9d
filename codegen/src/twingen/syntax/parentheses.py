"""Parentheses around what takes the place of another expression."""

from __future__ import annotations

import libcst as cst

_OPERANDS = (cst.Attribute, cst.Call, cst.Subscript, cst.BinaryOperation, cst.Arg)


def in_place_of(
    old: cst.BaseExpression, new: cst.BaseExpression, parent: cst.CSTNode | None
) -> cst.BaseExpression:
    """Return a call in the parentheses of what it replaces, if it needs them.

    `parent` is what both stand in.
    """
    if new.lpar or _stands_alone(new, parent):
        return new
    return new.with_changes(lpar=old.lpar, rpar=old.rpar)


def _stands_alone(new: cst.BaseExpression, parent: cst.CSTNode | None) -> bool:
    """Tell whether the parentheses hold nothing together any more."""
    one_line = "\n" not in cst.Module([]).code_for_node(new)
    return isinstance(parent, _OPERANDS) and one_line
