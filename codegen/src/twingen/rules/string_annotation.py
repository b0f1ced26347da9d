"""Annotations in strings are converted like annotations in code.

The rule converts these strings:

- strings inside annotations;
- the type in `cast`, and the type of a `NewType`;
- the bound, the constraints and the name of a `TypeVar`;
- the name in a definition by a call (`Pair = namedtuple("Pair", ...)`), and the types
  of its fields;
- type aliases;
- parameters of generic types in code: `Callable[["Client"], None]`.
"""

from __future__ import annotations

import libcst as cst
from libcst.helpers import get_full_name_for_node

from ..analysis.types.string_literals import is_type
from ..analysis.types.type_parameters import (
    ASYNC_GENERATORS,
    last_parameter,
    with_return_type,
)
from ..analysis.types.unions import once_each, once_in_subscript
from ..syntax.nodes import with_contents
from .rule import Site, rewrite


@rewrite("TW207", cst.SimpleString)
def convert_annotation(site: Site[cst.SimpleString]) -> cst.SimpleString | None:
    return _converted(site, site.old)


def _converted(
    site: Site[cst.SimpleString], string: cst.SimpleString
) -> cst.SimpleString | None:
    """Return a string with the type in it as the twin spells it."""
    if not is_type(site.names, string):
        return None
    expression = site.names.unquoted(string)
    if expression is string:
        return None
    converted = expression.visit(_Converter(site))
    assert isinstance(converted, cst.BaseExpression)
    code = cst.Module([]).code_for_node(converted)
    if code == string.evaluated_value:
        return None
    return with_contents(string, code)


class _Converter(cst.CSTTransformer):
    """Spells the names of one parsed annotation as the twin does."""

    def __init__(self, site: Site[cst.SimpleString]) -> None:
        super().__init__()
        self._site = site

    def _qualified(self, node: cst.BaseExpression) -> str | None:
        dotted = get_full_name_for_node(node)
        return self._site.names.qualified(dotted, at=self._site.old) if dotted else None

    def leave_Name(
        self, original_node: cst.Name, updated_node: cst.Name
    ) -> cst.BaseExpression:
        return self._site.twin_at(updated_node, self._site.old) or updated_node

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        return False  # a dotted name is looked up as a whole

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        twin = self._site.twin_at(updated_node, self._site.old)
        if twin is not None:
            return twin
        return updated_node.with_changes(value=original_node.value.visit(self))

    def leave_SimpleString(
        self, original_node: cst.SimpleString, updated_node: cst.SimpleString
    ) -> cst.SimpleString:
        return _converted(self._site, original_node) or updated_node

    def leave_BinaryOperation(
        self, original_node: cst.BinaryOperation, updated_node: cst.BinaryOperation
    ) -> cst.BaseExpression:
        return once_each(original_node, updated_node) or updated_node

    def leave_Subscript(
        self, original_node: cst.Subscript, updated_node: cst.Subscript
    ) -> cst.BaseExpression:
        qualified = self._qualified(original_node.value)
        if qualified is None:
            return updated_node
        verdict = self._site.libraries.verdict(qualified)
        if verdict is not None and verdict.unwrap:
            return last_parameter(updated_node)
        if qualified in ASYNC_GENERATORS:
            return with_return_type(updated_node)
        return once_in_subscript(qualified, original_node, updated_node) or updated_node
