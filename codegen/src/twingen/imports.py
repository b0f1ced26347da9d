"""Settles the imports of a twin: requested ones in, orphaned ones out, in order.

Rules ask for a name with :meth:`Imports.name` and never touch the import block
themselves; everything is settled once, after the traversal.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from functools import cached_property

import libcst as cst
from libcst.helpers import get_full_name_for_node

from .library import Libraries
from .names import Names
from .rule import Refused

# What is in the standard library of one supported Python and not of another.
_STDLIB = sys.stdlib_module_names | {
    "annotationlib", "asynchat", "asyncore", "binhex", "compression", "distutils",
    "imp", "smtpd", "tomllib",
    "aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3",
    "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "pipes", "sndhdr", "spwd",
    "sunau", "telnetlib", "uu", "xdrlib",
}  # fmt: skip

_RUNTIME = "twingen.runtime."
_FUTURE = "__future__"


class Imports:
    """The imports that the rules asked for while one module was converted."""

    def __init__(self, names: Names, runtime: str | None, libraries: Libraries) -> None:
        self._names = names
        self._runtime = runtime
        self._libraries = libraries
        self._modules: dict[str, str] = {}
        self._members: dict[tuple[str, str], str] = {}

    def name(self, dotted: str) -> cst.BaseExpression:
        """Return an expression for a dotted name; its import is added later.

        `twingen.runtime.x.Y` becomes a name imported from the copy of the
        runtime that goes with the twin; a name without a dot is a builtin.
        """
        module, _, member = dotted.rpartition(".")
        if not module:
            return cst.Name(member)
        if dotted.startswith(_RUNTIME):
            if self._runtime is None:
                raise Refused(
                    f"the twin needs {member} of twingen's runtime, and has no place "
                    "for it",
                    'set tool.twingen.runtime, as in runtime = "your_twin.runtime"',
                )
            part = module[len(_RUNTIME) :]
            key = (f"{self._runtime}.{part}", member)
            return cst.Name(self._members.setdefault(key, self.free_name(member)))
        if module not in self._modules:
            free = module
            if not self._names.imports_only(module.split(".")[0], module):
                free = self.free_name(module.replace(".", "_"))
            self._modules[module] = free
        expression = cst.parse_expression(f"{self._modules[module]}.{member}")
        assert isinstance(expression, cst.BaseExpression)
        return expression

    def builtin(self, name: str) -> cst.BaseExpression:
        """Return an expression for a builtin, also where the author hides it."""
        return self.name(f"builtins.{name}" if self._names.is_bound(name) else name)

    def free_name(self, name: str) -> str:
        """Return `name`, with underscores before it while the author uses it."""
        while name in self._taken:
            name = f"_{name}"
        return name

    @cached_property
    def _taken(self) -> set[str]:
        """Every name that the author binds, and what the twin calls it."""
        bound = self._names.bound()
        meanings = {meaning for found in bound.values() for meaning in found}
        return set(bound) | set(map(self._libraries.local_name, meanings))

    def settle(self, tree: cst.Module) -> cst.Module:
        """Return the converted tree with its imports in their final state."""
        unused_before = _bound_by_imports(self._names.tree) - _used_names(
            self._names.tree
        )
        for _ in range(2):  # the second round takes an orphaned TYPE_CHECKING
            used = _used_names(tree)
            settled = tree.visit(_Orphans(used | unused_before))
            assert isinstance(settled, cst.Module)
            tree = settled
        self._forget_unused(_used_names(tree))
        sort = _is_sorted(self._names.tree)
        return tree.with_changes(body=self._with_requests(list(tree.body), sort))

    def _forget_unused(self, used: set[str]) -> None:
        """Drop what one rule asked for and another replaced again."""
        self._modules = {
            module: free
            for module, free in self._modules.items()
            if free.split(".")[0] in used
        }
        self._members = {
            key: free for key, free in self._members.items() if free in used
        }

    @property
    def runtime_modules(self) -> frozenset[str]:
        """The parts of the runtime that the twin imports, once it is settled."""
        prefix = f"{self._runtime}."
        return frozenset(
            module[len(prefix) :]
            for module, _ in self._members
            if module.startswith(prefix)
        )

    # -- inserting and ordering -------------------------------------------

    def _own_packages(self) -> set[str]:
        """Return the top-level packages of the project's sources and twins."""
        modules = self._names.definitions.modules
        names = [self._names.twin, *modules, *modules.values(), self._runtime or ""]
        return {name.split(".")[0] for name in names if name} | {"."}

    def _requests(self) -> list[cst.SimpleStatementLine]:
        lines = [
            f"import {module}" if free == module else f"import {module} as {free}"
            for module, free in self._modules.items()
        ]
        lines += [
            f"from {module} import {member}" + (f" as {free}" if free != member else "")
            for (module, member), free in self._members.items()
        ]
        return [
            line
            for line in map(cst.parse_statement, lines)
            if isinstance(line, cst.SimpleStatementLine)
        ]

    def _with_requests(
        self, body: list[cst.CSTNode], sort: bool
    ) -> Sequence[cst.CSTNode]:
        requests = self._requests()
        start = _first_import(body)
        stop = start
        while stop < len(body) and _import_of(body[stop]) is not None:
            stop += 1
        head, block, rest = body[:start], body[start:stop], body[stop:]
        groups = _groups(block)
        for request in requests:
            _place(groups, request, self._own_packages())
        if sort or requests:
            groups = [_merged(group, sort) for group in groups]
        settled = [line for group in groups for line in group]
        return [*head, *settled, *(_sorted_checking_block(line, sort) for line in rest)]


def _import_of(line: cst.CSTNode) -> cst.Import | cst.ImportFrom | None:
    if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
        statement = line.body[0]
        if isinstance(statement, (cst.Import, cst.ImportFrom)):
            return statement
    return None


def _first_import(body: Sequence[cst.CSTNode]) -> int:
    """Return the index of the first import, or where one would go."""
    for index, line in enumerate(body):
        if _import_of(line) is not None:
            return index
    first = body[0] if body else None
    has_docstring = (
        isinstance(first, cst.SimpleStatementLine)
        and isinstance(first.body[0], cst.Expr)
        and isinstance(first.body[0].value, (cst.SimpleString, cst.ConcatenatedString))
    )
    return 1 if has_docstring else 0


Group = list[cst.SimpleStatementLine]


def _groups(block: Iterable[cst.CSTNode]) -> list[Group]:
    """Split a run of imports at its blank lines."""
    groups: list[Group] = []
    for line in block:
        assert isinstance(line, cst.SimpleStatementLine)
        if not groups or any(empty.comment is None for empty in line.leading_lines):
            groups.append([])
        groups[-1].append(line)
    return groups


def _root(line: cst.SimpleStatementLine) -> str:
    """Return the top-level package of an import; relative ones have `.`."""
    statement = _import_of(line)
    if isinstance(statement, cst.ImportFrom):
        if statement.relative:
            return "."
        name = get_full_name_for_node(statement.module) if statement.module else ""
    else:
        assert isinstance(statement, cst.Import)
        name = get_full_name_for_node(statement.names[0].name)
    return (name or "").split(".")[0]


def _place(
    groups: list[Group], request: cst.SimpleStatementLine, own: set[str]
) -> None:
    """Add an import to the group where its kind already stands."""
    root = _root(request)
    if root in _STDLIB:
        home = [g for g in groups if any(_root(x) in _STDLIB for x in g)]
        fits = [group for group in home if _root(group[0]) != _FUTURE]
        index = 1 if groups and _root(groups[0][0]) == _FUTURE else 0
    else:
        fits = [group for group in groups if any(_root(x) in own for x in group)]
        index = len(groups)
    if fits:
        fits[0].append(request)
    else:
        groups.insert(index, [request.with_changes(leading_lines=[cst.EmptyLine()])])


def _merged(group: Group, sort: bool) -> Group:
    """Merge imports from one module, then order the group as isort does."""
    leading = [line for line in group[0].leading_lines if line.comment is None]
    first = group[0].with_changes(
        leading_lines=[line for line in group[0].leading_lines if line.comment]
    )
    merged: dict[str, cst.SimpleStatementLine] = {}
    for line in [first, *group[1:]]:
        statement = _import_of(line)
        key = cst.Module([line.with_changes(leading_lines=[])]).code.strip()
        if isinstance(statement, cst.ImportFrom) and not isinstance(
            statement.names, cst.ImportStar
        ):
            key = f"{'.' * len(statement.relative)}{_module_name(statement)}"
            if key in merged:
                earlier = _import_of(merged[key])
                assert isinstance(earlier, cst.ImportFrom)
                assert not isinstance(earlier.names, cst.ImportStar)
                statement = earlier.with_changes(
                    names=_joined([*earlier.names, *statement.names])
                )
                line = merged[key]
            if sort:
                statement = _sorted_members(statement)
            line = line.with_changes(body=[statement])
        merged[key] = line
    lines = sorted(merged.values(), key=_line_key) if sort else list(merged.values())
    lines[0] = lines[0].with_changes(leading_lines=[*leading, *lines[0].leading_lines])
    return lines


def _joined(aliases: Iterable[cst.ImportAlias]) -> list[cst.ImportAlias]:
    """Return the aliases once each, with plain commas between them."""
    once = {
        cst.Module([]).code_for_node(a.with_changes(comma=cst.MaybeSentinel.DEFAULT)): a
        for a in aliases
    }
    return [a.with_changes(comma=cst.MaybeSentinel.DEFAULT) for a in once.values()]


def _module_name(statement: cst.ImportFrom) -> str:
    return (get_full_name_for_node(statement.module) or "") if statement.module else ""


def _line_key(line: cst.SimpleStatementLine) -> tuple[int, int, str]:
    """Order `import x` before `from x import y`, then by module."""
    statement = _import_of(line)
    if isinstance(statement, cst.ImportFrom):
        return (1, -len(statement.relative), _module_name(statement).lower())
    assert isinstance(statement, cst.Import)
    return (0, 0, (get_full_name_for_node(statement.names[0].name) or "").lower())


def _member_key(alias: cst.ImportAlias) -> tuple[int, str, str]:
    """Order CONSTANTS, then Classes, then functions."""
    name = alias.evaluated_name
    kind = 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2
    return (kind, name.lower(), name)


def _sorted_members(statement: cst.ImportFrom) -> cst.ImportFrom:
    assert not isinstance(statement.names, cst.ImportStar)
    ordered = sorted(statement.names, key=_member_key)
    if list(statement.names) == ordered:
        return statement
    commas = [alias.comma for alias in statement.names]
    return statement.with_changes(
        names=[
            alias.with_changes(comma=comma)
            for alias, comma in zip(ordered, commas, strict=True)
        ]
    )


def _is_sorted(tree: cst.Module) -> bool:
    """Tell whether the author keeps the imports in isort's order."""
    for group in _groups(line for line in tree.body if _import_of(line) is not None):
        if [_line_key(line) for line in group] != sorted(map(_line_key, group)):
            return False
    return True


def _sorted_checking_block(line: cst.CSTNode, sort: bool) -> cst.CSTNode:
    """Order the imports below `if TYPE_CHECKING:` as well."""
    if not (
        sort and isinstance(line, cst.If) and isinstance(line.body, cst.IndentedBlock)
    ):
        return line
    block = line.body.body
    if not block or any(_import_of(statement) is None for statement in block):
        return line
    groups = [_merged(group, sort) for group in _groups(block)]
    lines = [statement for group in groups for statement in group]
    return line.with_changes(body=line.body.with_changes(body=lines))


# -- finding orphans --------------------------------------------------------


class _Orphans(cst.CSTTransformer):
    """Removes the imported names that nothing uses any more."""

    def __init__(self, keep: set[str]) -> None:
        super().__init__()
        self._keep = keep
        self._starts_group = False

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
        if orphaned and not starts_group and _import_of(updated_node) is not None:
            lines = [cst.EmptyLine(), *updated_node.leading_lines]
            return updated_node.with_changes(leading_lines=lines)
        return updated_node

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom | cst.RemovalSentinel:
        if isinstance(updated_node.names, cst.ImportStar):
            return updated_node
        if _module_name(updated_node) == _FUTURE:
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
        if len(kept) == len(updated_node.names):
            return updated_node
        if not kept:
            return cst.RemoveFromParent()
        return updated_node.with_changes(names=_joined(kept))

    def leave_If(
        self, original_node: cst.If, updated_node: cst.If
    ) -> cst.If | cst.RemovalSentinel:
        emptied = (
            isinstance(updated_node.body, cst.IndentedBlock)
            and not updated_node.body.body
            and original_node.body.body
        )
        if emptied and updated_node.orelse is None:
            return cst.RemoveFromParent()
        return updated_node

    def _kept(self, aliases: Sequence[cst.ImportAlias]) -> list[cst.ImportAlias]:
        return [alias for alias in aliases if _bound_name(alias) in self._keep]


def _without_last_comma(
    statement: cst.ImportFrom, kept: list[cst.ImportAlias]
) -> list[cst.ImportAlias]:
    """Keep a trailing comma only where the parentheses stay."""
    if statement.lpar is None:
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return kept


def _bound_name(alias: cst.ImportAlias) -> str:
    return alias.evaluated_alias or alias.evaluated_name.split(".")[0]


def _bound_by_imports(tree: cst.Module) -> set[str]:
    collector = _ImportedNames()
    tree.visit(collector)
    return collector.found


class _ImportedNames(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def visit_ImportAlias(self, node: cst.ImportAlias) -> bool:
        self.found.add(_bound_name(node))
        return False


_IDENTIFIER = re.compile(r"[^\W\d]\w*")


class _UsedNames(cst.CSTVisitor):
    """Collects the names that are looked up, strings of annotations included."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._in_type = 0

    def visit_Import(self, node: cst.Import) -> bool:
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        # `from x import y as y` says that the name is there for others to import.
        if not isinstance(node.names, cst.ImportStar):
            for alias in node.names:
                if alias.evaluated_alias == alias.evaluated_name:
                    self.found.add(alias.evaluated_name)
        return False

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:
        node.value.visit(self)
        return False

    def visit_Name(self, node: cst.Name) -> None:
        self.found.add(node.value)

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

    def visit_Subscript(self, node: cst.Subscript) -> None:
        self._in_type += 1

    def leave_Subscript(self, original_node: cst.Subscript) -> None:
        self._in_type -= 1

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        if self._in_type:
            self.found.update(_IDENTIFIER.findall(node.raw_value))


_TYPE_CALLS = {"cast", "typing.cast", "TypeVar", "typing.TypeVar"}


def _is_dunder_all(target: cst.BaseExpression) -> bool:
    return isinstance(target, cst.Name) and target.value == "__all__"


def _used_names(tree: cst.Module) -> set[str]:
    collector = _UsedNames()
    tree.visit(collector)
    return collector.found
