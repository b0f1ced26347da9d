"""Which imported names nothing uses any more, once a module is converted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst
from libcst.helpers import get_full_name_for_node

from ..analysis.symbols.renames import is_named_like_class
from ..syntax.traversal import Reader, lines_of, rewritten
from .import_order import FUTURE, import_of, joined, module_name

_IMPORTS = (cst.Import, cst.ImportFrom)


@dataclass(frozen=True)
class Kept:
    """What stays imported: `names`, and `members` in the bodies of classes.

    `modules` are imported at the top, and not for type checkers once more.
    """

    names: set[str]
    members: set[str]
    modules: set[str]


def without_orphans(tree: cst.Module, keep: Kept) -> tuple[cst.Module, bool]:
    """Return a module that imports only what is to be kept.

    Told as well is whether an `if` went with its imports, so that what it asked may
    be unused now.
    """
    only = {id(tree)}
    lines = list(lines_of(tree))
    # What is around an import; of other lines nothing is told.
    around = {id(e) for line, above in lines if _imports_in(line) for e in above}
    for line, above in lines:
        only.update(map(id, above))
        if id(above[-1]) in around:
            only.update(map(id, [line, *_imports_in(line)]))
    orphans = _Orphans(keep)
    settled = rewritten(tree, orphans, only)
    assert isinstance(settled, cst.Module)
    return settled, orphans.emptied


def _imports_in(line: cst.CSTNode) -> list[cst.Import | cst.ImportFrom]:
    assert isinstance(line, (cst.SimpleStatementLine, cst.SimpleStatementSuite))
    return [each for each in line.body if type(each) in _IMPORTS]  # type: ignore[misc]


class _Orphans(cst.CSTTransformer):
    """Removes the imported names that nothing uses any more."""

    def __init__(self, keep: Kept) -> None:
        super().__init__()
        self.emptied = False
        self._keep = keep
        self._starts_group = False
        self._around: list[cst.CSTNode] = []

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self._around.append(node)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._around.append(node)

    def visit_If(self, node: cst.If) -> None:
        self._around.append(node)

    def leave_ClassDef(
        self, original_node: cst.ClassDef, updated_node: cst.ClassDef
    ) -> cst.ClassDef:
        self._around.pop()
        return updated_node

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        self._around.pop()
        return updated_node

    def visit_IndentedBlock(self, node: cst.IndentedBlock) -> None:
        self._starts_group = False

    def leave_SimpleStatementLine(
        self,
        original_node: cst.SimpleStatementLine,
        updated_node: cst.SimpleStatementLine,
    ) -> cst.SimpleStatementLine | cst.RemovalSentinel:
        # The blank line before a group of imports outlives its first member.
        starts_group = any(line.comment is None for line in updated_node.leading_lines)
        if not updated_node.body:
            self._starts_group = self._starts_group or starts_group
            return cst.RemoveFromParent()
        orphaned, self._starts_group = self._starts_group, False
        if orphaned and not starts_group and import_of(updated_node) is not None:
            lines = [cst.EmptyLine(), *updated_node.leading_lines]
            return updated_node.with_changes(leading_lines=lines)
        return updated_node

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom | cst.RemovalSentinel:
        if isinstance(updated_node.names, cst.ImportStar):
            return updated_node
        if module_name(updated_node) == FUTURE:
            return updated_node
        kept = self._kept(updated_node.names)
        if len(kept) == len(updated_node.names):
            return updated_node
        if not kept:
            return cst.RemoveFromParent()
        return updated_node.with_changes(names=_without_last_comma(updated_node, kept))

    def leave_Import(
        self, original_node: cst.Import, updated_node: cst.Import
    ) -> cst.Import | cst.RemovalSentinel:
        kept = self._kept(updated_node.names)
        if self._is_for_checkers():
            kept = [each for each in kept if not self._is_doubled(each)]
        if len(kept) == len(updated_node.names):
            return updated_node
        if not kept:
            return cst.RemoveFromParent()
        return updated_node.with_changes(names=joined(kept))

    def leave_If(
        self, original_node: cst.If, updated_node: cst.If
    ) -> cst.If | cst.RemovalSentinel:
        self._around.pop()
        emptied = (
            isinstance(updated_node.body, cst.IndentedBlock)
            and not updated_node.body.body
            and original_node.body.body
        )
        if emptied and updated_node.orelse is None:
            self.emptied = True
            return cst.RemoveFromParent()
        return _without_first_blank(original_node, updated_node)

    def _kept(self, aliases: Sequence[cst.ImportAlias]) -> list[cst.ImportAlias]:
        names = self._keep.names
        if self._is_in_class():
            names = names | self._keep.members
        return [alias for alias in aliases if _bound_name(alias) in names]

    def _is_in_class(self) -> bool:
        """Return whether a statement is directly in the body of a class."""
        scopes = [each for each in self._around if not isinstance(each, cst.If)]
        return bool(scopes) and isinstance(scopes[-1], cst.ClassDef)

    def _is_for_checkers(self) -> bool:
        """Return whether a statement is in `if TYPE_CHECKING:` of a module."""
        return len(self._around) == 1 and is_checking(self._around[0])

    def _is_doubled(self, alias: cst.ImportAlias) -> bool:
        return alias.asname is None and alias.evaluated_name in self._keep.modules


def _without_first_blank(before: cst.If, after: cst.If) -> cst.If:
    """Take the blank line from what follows the first statement that is gone."""
    old, new = before.body.body[0], next(iter(after.body.body), None)
    if not isinstance(old, cst.SimpleStatementLine) or old.leading_lines:
        return after
    if not isinstance(new, cst.SimpleStatementLine) or not new.leading_lines:
        return after
    lines = [each for each in new.leading_lines if each.comment is not None]
    body = [new.with_changes(leading_lines=lines), *after.body.body[1:]]
    return after.with_changes(body=after.body.with_changes(body=body))


def is_checking(statement: cst.CSTNode) -> bool:
    """Recognize `if TYPE_CHECKING:` without an `else`."""
    if not isinstance(statement, cst.If) or statement.orelse is not None:
        return False
    asked = get_full_name_for_node(statement.test) or ""
    return asked.rpartition(".")[2] == "TYPE_CHECKING"


def _without_last_comma(
    statement: cst.ImportFrom, kept: list[cst.ImportAlias]
) -> list[cst.ImportAlias]:
    """Keep a trailing comma only where the parentheses stay."""
    if statement.lpar is None:
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return kept


def _bound_name(alias: cst.ImportAlias) -> str:
    return alias.evaluated_alias or alias.evaluated_name.split(".")[0]


def bound_by_imports(tree: cst.Module) -> set[str]:
    """Return the names that imports bind anywhere in a module."""
    return {
        _bound_name(alias)
        for line, _ in lines_of(tree)
        for statement in _imports_in(line)
        if not isinstance(statement.names, cst.ImportStar)
        for alias in statement.names
    }


_IDENTIFIER = re.compile(r"[^\W\d]\w*")


class _Names:
    """The names of a scope, or of a line of one."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self.bound: set[str] = set()
        self.shared: set[str] = set()
        """Names that an import, `global` or `nonlocal` binds."""

    def add(self, other: _Names) -> None:
        """Add the names of a line."""
        self.used |= other.used
        self.bound |= other.bound
        self.shared |= other.shared


class UsedNames(Reader):
    """Collects the names that are looked up, strings of annotations included.

    A function's own variables are not: they are no use of an import of that name.

    The trees before and after a conversion share most of their lines, and each line
    is read once.
    """

    def __init__(self) -> None:
        super().__init__()
        self._names = _Names()
        self._in_type = 0
        # By id, with the line itself, which keeps the id from being given again.
        self._known: dict[int, tuple[cst.CSTNode, _Names]] = {}

    def of(self, tree: cst.Module) -> set[str]:
        """Return the names that a module looks up."""
        return self._names_in([tree]).used

    def _names_in(self, nodes: Sequence[cst.CSTNode]) -> _Names:
        outside, self._names = self._names, _Names()
        for node in nodes:
            node.visit(self)
        found, self._names = self._names, outside
        return found

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = node, self._names_in(node.body)
        self._names.add(known[1])
        return False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        inside = self._names_in([node.body])
        parameters = self._names_in([node.params])
        own = (inside.bound | parameters.bound) - inside.shared
        around = [*node.decorators, *filter(None, [node.returns, node.type_parameters])]
        self._names.used |= inside.used - own
        self._names.used |= parameters.used | self._names_in(around).used
        self._names.bound.add(node.name.value)
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        inside = self._names_in(
            [*node.decorators, *node.bases, *node.keywords, node.body]
            + ([node.type_parameters] if node.type_parameters else [])
        )
        self._names.used |= inside.used
        self._names.bound.add(node.name.value)
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        parameters = self._names_in([node.params])
        inside = self._names_in([node.body])
        self._names.used |= parameters.used | (inside.used - parameters.bound)
        return False

    def visit_Param(self, node: cst.Param) -> bool:
        self._names.bound.add(node.name.value)
        for each in (node.annotation, node.default):
            if each is not None:
                each.visit(self)
        return False

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._bind(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._bind(node.target)

    def visit_For(self, node: cst.For) -> None:
        self._bind(node.target)

    def visit_AsName(self, node: cst.AsName) -> None:
        self._bind(node.name)

    def _bind(self, target: cst.BaseExpression) -> None:
        if isinstance(target, cst.Name):
            self._names.bound.add(target.value)
        elif isinstance(target, (cst.Tuple, cst.List)):
            for each in target.elements:
                self._bind(each.value)

    def visit_NameItem(self, node: cst.NameItem) -> None:
        self._names.shared.add(node.name.value)

    def visit_Import(self, node: cst.Import) -> bool:
        self._names.shared.update(map(_bound_name, node.names))
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        # `from x import y as y` says that the name is there for others to import.
        if not isinstance(node.names, cst.ImportStar):
            self._names.shared.update(map(_bound_name, node.names))
            for alias in node.names:
                if alias.evaluated_alias == alias.evaluated_name:
                    self._names.used.add(alias.evaluated_name)
        return False

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:
        node.value.visit(self)
        return False

    def visit_Name(self, node: cst.Name) -> None:
        self._names.used.add(node.value)

    def visit_Annotation(self, node: cst.Annotation) -> None:
        self._in_type += 1

    def leave_Annotation(self, original_node: cst.Annotation) -> None:
        self._in_type -= 1

    def visit_Call(self, node: cst.Call) -> None:
        if get_full_name_for_node(node.func) in _TYPE_CALLS:
            self._in_type += 1

    def leave_Call(self, original_node: cst.Call) -> None:
        if get_full_name_for_node(original_node.func) in _TYPE_CALLS:
            self._in_type -= 1

    def visit_Assign(self, node: cst.Assign) -> None:
        if any(_is_dunder_all(target.target) for target in node.targets):
            self._in_type += 1

    def leave_Assign(self, original_node: cst.Assign) -> None:
        if any(_is_dunder_all(target.target) for target in original_node.targets):
            self._in_type -= 1

    def visit_Subscript(self, node: cst.Subscript) -> bool:
        node.value.visit(self)
        outside = self._in_type
        self._in_type = _strings_are_types(node, outside)
        for each in node.slice:
            each.visit(self)
        self._in_type = outside
        return False

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        if self._in_type:
            self._names.used.update(_IDENTIFIER.findall(node.raw_value))


_TYPE_CALLS = {"cast", "typing.cast", "TypeVar", "typing.TypeVar"}


def _strings_are_types(node: cst.Subscript, in_type: int) -> int:
    """Return whether strings in `X[...]` may be types: not in `Literal` or an item."""
    name = get_full_name_for_node(node.value) or ""
    last = name.rpartition(".")[2]
    if last == "Literal":
        return 0
    return int(in_type or is_named_like_class(name) or last in _GENERICS)


_GENERICS = {"dict", "frozenset", "list", "set", "tuple", "type"}


def _is_dunder_all(target: cst.BaseExpression) -> bool:
    return isinstance(target, cst.Name) and target.value == "__all__"
