"""Cuts a module into its functions, classes, assignments and imports, layout aside.

Two units are the same when their texts are: comments, blank lines, quotes, line
breaks and the order of imports are gone from them. libcst and the pinned formatter do
this, so it does not depend on the Python that runs twingen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import libcst as cst
from black.mode import Mode
from libcst.metadata import MetadataWrapper, PositionProvider

from ..conversion.source_problems import syntax_problem, too_deep
from ..diagnostics.diagnostic import ConversionError
from ..formatting.black_formatter import format_source
from ..formatting.formatter import FormattingError
from ..syntax.source import Source
from .redundant_parentheses import WithoutParentheses

_PLAIN = Mode(magic_trailing_comma=False)
_STRINGS = (cst.SimpleString, cst.ConcatenatedString)
# Of these a scope has one unit, for all of its statements.
_GATHERED = ("imports", "statements", "docstring")


@dataclass(frozen=True)
class Unit:
    """One part of a module; `line` is where it begins."""

    name: str
    kind: str
    line: int
    text: str


def units_of(text: str, path: str, *, docstrings: bool) -> dict[str, Unit]:
    """Return the units of a module by their names.

    Raises :class:`ConversionError` when the text does not parse.
    """
    try:
        tree = cst.parse_module(text)
    except (cst.ParserSyntaxError, cst.CSTValidationError, cst.CSTLogicError) as error:
        problem = syntax_problem(Source(text, path), error)
        raise ConversionError([problem]) from None
    try:
        return _units(tree, docstrings)
    except RecursionError:
        raise ConversionError([too_deep(Source(text, path))]) from None


def _units(tree: cst.Module, docstrings: bool) -> dict[str, Unit]:
    places = MetadataWrapper(tree, unsafe_skip_copy=True).resolve(PositionProvider)
    bare = _Bare(docstrings=docstrings)
    found: dict[str, Unit] = {}
    for name, kind, node in _cut(tree.body, ""):
        if kind != "docstring" or docstrings:
            line = places[node].start.line
            _add(found, Unit(name, kind, line, _plain(node, bare)))
    for name, unit in found.items():
        if unit.kind == "imports":
            lines = sorted(set(unit.text.splitlines(keepends=True)))
            found[name] = replace(unit, text="".join(lines))
    return found


def _add(found: dict[str, Unit], unit: Unit) -> None:
    """Add a unit; overloads and setters share a name, and get a number."""
    before = found.get(unit.name)
    if before is not None and unit.kind in _GATHERED:
        found[unit.name] = replace(before, text=before.text + unit.text)
        return
    name, count = unit.name, 1
    while name in found:
        count += 1
        name = f"{unit.name} ({count})"
    found[name] = replace(unit, name=name)


def _cut(
    body: Sequence[cst.BaseStatement | cst.BaseSmallStatement], scope: str
) -> Iterator[tuple[str, str, cst.CSTNode]]:
    """Yield name, kind and node of each unit of a module or of a class."""
    for statement in body:
        if isinstance(statement, cst.SimpleStatementLine):
            yield from _cut(statement.body, scope)
        elif isinstance(statement, cst.FunctionDef):
            yield f"{scope}{statement.name.value}", "function", statement
        elif isinstance(statement, cst.ClassDef):
            name = f"{scope}{statement.name.value}"
            yield name, "class", statement
            yield from _cut(statement.body.body, f"{name}.")
        elif name := _assigned(statement):
            yield f"{scope}{name}", "assignment", statement
        elif kind := _kind(statement):
            yield f"{scope}({kind})", kind, statement


def _assigned(statement: cst.CSTNode) -> str:
    """Return the single name that a statement assigns to."""
    if isinstance(statement, cst.Assign) and len(statement.targets) == 1:
        target = statement.targets[0].target
    elif isinstance(statement, cst.AnnAssign):
        target = statement.target
    else:
        return ""
    return target.value if isinstance(target, cst.Name) else ""


def _kind(statement: cst.CSTNode) -> str:
    """Return what kind of gathered unit a statement belongs to; none if it is empty."""
    if isinstance(statement, (cst.Import, cst.ImportFrom)):
        return "imports"
    if isinstance(statement, cst.Expr) and isinstance(statement.value, _STRINGS):
        return "docstring"
    return "" if _does_nothing(statement) else "statements"


def _does_nothing(statement: cst.CSTNode) -> bool:
    dots = isinstance(statement, cst.Expr) and isinstance(statement.value, cst.Ellipsis)
    return dots or isinstance(statement, cst.Pass)


def _plain(node: cst.CSTNode, bare: _Bare) -> str:
    """Return the code of a unit in its one layout; of a class only its head."""
    if isinstance(node, cst.ClassDef):
        node = node.with_changes(body=cst.IndentedBlock([]))
    if isinstance(node, (cst.Import, cst.ImportFrom)):
        statements: list[cst.CSTNode] = list(_single_imports(node))
    elif isinstance(node, cst.BaseSmallStatement):
        small = node.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
        statements = [cst.SimpleStatementLine([small])]
    else:
        statements = [node]
    module = cst.Module([]).with_changes(body=statements)
    if isinstance(node, cst.Expr):  # a docstring that counts
        return _formatted(module.code)
    # Laid out, words stand apart from the parentheses that go.
    laid_out = cst.parse_module(_formatted(module.visit(bare).code))
    return _formatted(laid_out.visit(WithoutParentheses()).visit(bare).code)


def _formatted(code: str) -> str:
    try:
        return format_source(code, _PLAIN)
    except FormattingError:  # compared as it is written
        return code


def _single_imports(
    node: cst.Import | cst.ImportFrom,
) -> Iterator[cst.SimpleStatementLine]:
    """Yield an import statement for each name of one."""
    names = [] if isinstance(node.names, cst.ImportStar) else node.names
    for alias in names:
        alone = [alias.with_changes(comma=cst.MaybeSentinel.DEFAULT)]
        single = node.with_changes(names=alone, semicolon=cst.MaybeSentinel.DEFAULT)
        if isinstance(single, cst.ImportFrom):
            single = single.with_changes(lpar=None, rpar=None)
        yield cst.SimpleStatementLine([single])
    if not names:
        yield cst.SimpleStatementLine([node])


class _Bare(cst.CSTTransformer):
    """Takes out what does nothing: comments, blank lines, `pass`, docstrings."""

    def __init__(self, *, docstrings: bool) -> None:
        super().__init__()
        self._docstrings = docstrings

    def leave_EmptyLine(
        self, original_node: cst.EmptyLine, updated_node: cst.EmptyLine
    ) -> cst.RemovalSentinel:
        return cst.RemoveFromParent()

    def leave_TrailingWhitespace(
        self,
        original_node: cst.TrailingWhitespace,
        updated_node: cst.TrailingWhitespace,
    ) -> cst.TrailingWhitespace:
        return cst.TrailingWhitespace()

    def leave_ParenthesizedWhitespace(
        self,
        original_node: cst.ParenthesizedWhitespace,
        updated_node: cst.ParenthesizedWhitespace,
    ) -> cst.SimpleWhitespace:
        return cst.SimpleWhitespace(" ")

    def leave_SimpleWhitespace(
        self, original_node: cst.SimpleWhitespace, updated_node: cst.SimpleWhitespace
    ) -> cst.SimpleWhitespace:
        continued = "\n" in updated_node.value
        return cst.SimpleWhitespace(" ") if continued else updated_node

    def leave_Pass(
        self, original_node: cst.Pass, updated_node: cst.Pass
    ) -> cst.RemovalSentinel:
        return cst.RemoveFromParent()  # libcst writes it where nothing else is left

    def leave_Expr(
        self, original_node: cst.Expr, updated_node: cst.Expr
    ) -> cst.Expr | cst.RemovalSentinel:
        is_string = isinstance(updated_node.value, _STRINGS)
        if _does_nothing(updated_node) or (is_string and not self._docstrings):
            return cst.RemoveFromParent()
        return updated_node

    def leave_Tuple(
        self, original_node: cst.Tuple, updated_node: cst.Tuple
    ) -> cst.Tuple:
        if updated_node.lpar:
            return updated_node
        return updated_node.with_changes(
            lpar=[cst.LeftParen()], rpar=[cst.RightParen()]
        )
