"""Annotations in strings are converted like those in code.

Looked at are strings inside annotations, the type given to `cast`, the bound,
the constraints and the name of a `TypeVar`, what a `NewType` stands for, the
name that a definition by a call repeats (`Pair = namedtuple("Pair", ...)`), type
aliases, and what generic types are given in code: `Callable[["Client"], None]`.
"""

from __future__ import annotations

import libcst as cst
from libcst.helpers import get_full_name_for_node

from ..annotations import ASYNC_GENERATORS, last_parameter, with_return_type
from ..rule import Site, rewrite

_TYPING = ("typing", "typing_extensions")
_CALLS = {f"{home}.{n}" for home in _TYPING for n in ("cast", "NewType", "TypeVar")}
_LITERALS = {f"{home}.Literal" for home in _TYPING}
_ANNOTATED = {f"{home}.Annotated" for home in _TYPING}
_ALIASES = {f"{home}.TypeAlias" for home in _TYPING}
_GENERIC_HOMES = {*_TYPING, "collections.abc"}
_GENERICS = {
    f"builtins.{n}" for n in ("dict", "frozenset", "list", "set", "tuple", "type")
}
# Of these only the first argument is looked at.
_NAMING = {"builtins.type", "collections.namedtuple", "enum.Enum", "enum.IntEnum",
           "enum.StrEnum", "enum.Flag", "enum.IntFlag"} | {
    f"{home}.{n}"
    for home in _TYPING
    for n in ("NamedTuple", "ParamSpec", "TypeAliasType", "TypedDict", "TypeVarTuple")
}  # fmt: skip


@rewrite("TW207", cst.SimpleString)
def convert_annotation(site: Site[cst.SimpleString]) -> cst.SimpleString | None:
    if not _is_type(site):
        return None
    text = site.old.evaluated_value
    if not isinstance(text, str):
        return None
    try:
        expression = cst.parse_expression(text)
    except cst.ParserSyntaxError:
        return None
    converted = expression.visit(_Converter(site))
    assert isinstance(converted, cst.BaseExpression)
    code = cst.Module([]).code_for_node(converted)
    if code == text:
        return None
    quote = site.old.quote
    return site.new.with_changes(value=f"{site.old.prefix}{quote}{code}{quote}")


def _is_type(site: Site[cst.SimpleString]) -> bool:
    inner: cst.CSTNode = site.old
    for node in site.names.ancestors(site.old):
        if isinstance(node, (cst.Annotation, cst.TypeAlias, cst.TypeParam)):
            return True
        if isinstance(node, cst.AnnAssign) and _is_alias(site, node):
            return True
        if isinstance(node, cst.Subscript):
            generic = site.names.qualified(node.value)
            if generic in _LITERALS:
                return False
            if generic in _ANNOTATED and inner is not node.slice[0]:
                return False
            if generic is not None and _is_generic(generic):
                return True
        if isinstance(node, cst.Call):
            called = site.names.qualified(node.func)
            is_first = bool(node.args) and node.args[0].value is site.old
            return called in _CALLS or (is_first and called in _NAMING)
        if isinstance(node, cst.BaseStatement):
            return False
        inner = node
    return False


def _is_generic(qualified: str) -> bool:
    return qualified in _GENERICS or qualified.rpartition(".")[0] in _GENERIC_HOMES


def _is_alias(site: Site[cst.SimpleString], node: cst.AnnAssign) -> bool:
    """Tell whether a statement defines a name for a type."""
    return site.names.qualified(node.annotation.annotation) in _ALIASES


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
        qualified = self._qualified(original_node)
        if qualified is None:
            return updated_node
        return self._site.twin_name(updated_node, qualified) or updated_node

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        return False  # a dotted name is looked up as a whole

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        qualified = self._qualified(original_node)
        twin = self._site.twin_name(updated_node, qualified) if qualified else None
        if twin is not None:
            return twin
        return updated_node.with_changes(value=original_node.value.visit(self))

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
        return updated_node
