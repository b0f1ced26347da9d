"""Parentheses around what takes the place of another expression."""

from __future__ import annotations

from collections.abc import Sequence

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
    """Return whether the parentheses hold nothing together any more."""
    return isinstance(parent, _OPERANDS) and _is_one_line(new)


def _is_one_line(node: cst.CSTNode) -> bool:
    return "\n" not in cst.Module([]).code_for_node(node)


def beside_another(arguments: Sequence[cst.Arg]) -> list[cst.Arg]:
    """Return arguments that another one goes before: a generator gets parentheses."""
    if len(arguments) != 1 or not isinstance(arguments[0].value, cst.GeneratorExp):
        return list(arguments)
    generator = arguments[0].value
    if not generator.lpar:
        generator = generator.with_changes(
            lpar=[cst.LeftParen()], rpar=[cst.RightParen()]
        )
    return [arguments[0].with_changes(value=generator)]


def bare(value: cst.BaseExpression) -> cst.BaseExpression:
    """Return an argument without the parentheses that held it together."""
    if isinstance(value, (cst.GeneratorExp, cst.NamedExpr, cst.Yield, cst.Tuple)):
        return value
    if not value.lpar or not _is_one_line(value):
        return value
    return value.with_changes(lpar=[], rpar=[])
