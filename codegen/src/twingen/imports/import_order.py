"""Where an import stands: in which group, merged with which, in which order.

Groups of imports that the conversion did not change are left as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import libcst as cst
from libcst.helpers import get_full_name_for_node

from ..syntax.nodes import find
from ..syntax.traversal import code_of, lines_of

# What is in the standard library of one supported Python and not of another.
_STDLIB = sys.stdlib_module_names | {
    "annotationlib", "asynchat", "asyncore", "binhex", "compression", "distutils",
    "imp", "smtpd", "tomllib",
    "aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3",
    "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "pipes", "sndhdr", "spwd",
    "sunau", "telnetlib", "uu", "xdrlib",
}  # fmt: skip

FUTURE = "__future__"

Group = list[cst.SimpleStatementLine]


def with_requests(
    tree: cst.Module,
    requests: Iterable[cst.SimpleStatementLine],
    *,
    before: cst.Module,
    own: set[str],
) -> cst.Module:
    """Return a module with more imports, in the groups where their kind stands.

    `before` is the module as the author wrote it, `own` its project's packages.
    """
    body: list[cst.CSTNode] = list(tree.body)
    start = _first_import(body, {name for line in requests for name in _binds(line)})
    stop = start
    while stop < len(body) and import_of(body[stop]) is not None:
        stop += 1
    head, block, rest = body[:start], body[start:stop], body[stop:]
    groups = _groups(block)
    there = {name for line in block for name in _modules_bound_by(line)}
    for request in requests:
        modules = set(_modules_bound_by(request))
        if not there & modules:
            head, above = _without_import(head, modules)
            rest, below = _without_import(rest, modules)
            _place(groups, below or above or request, own)
    tidy = _Tidy(before)
    settled = [line for group in groups for line in tidy.group(group)]
    return tree.with_changes(body=[*head, *settled, *map(tidy.checking_block, rest)])


def _without_import(
    body: Sequence[cst.CSTNode], modules: set[str]
) -> tuple[list[cst.CSTNode], cst.SimpleStatementLine | None]:
    """Return statements without those that import a module, and one that does.

    That goes where it is needed; with its comments, if it does nothing else.
    """
    kept: list[cst.CSTNode] = []
    taken: cst.SimpleStatementLine | None = None
    starts_group = False
    for line in body:
        found = modules.intersection(_modules_imported_by(line))
        if found and isinstance(line, cst.SimpleStatementLine):
            left, taken = _parted(line, found)
            if not left:
                starts_group = _is_after_blank(line)
                continue
            line = line.with_changes(body=left)
        if starts_group and isinstance(line, cst.SimpleStatementLine):
            line = line if _is_after_blank(line) else _after_blank(line)
        starts_group = False
        kept.append(line)
    return kept, taken


def _modules_imported_by(line: cst.CSTNode) -> Iterator[str]:
    """Yield what `import` statements of a line import, by names of their own."""
    small = line.body if isinstance(line, cst.SimpleStatementLine) else ()
    for statement in small:
        if isinstance(statement, cst.Import):
            yield from _modules_of(statement)


def _parted(
    line: cst.SimpleStatementLine, modules: set[str]
) -> tuple[list[cst.BaseSmallStatement], cst.SimpleStatementLine]:
    """Return what a line does but for importing these modules, and a line that does."""
    left: list[cst.BaseSmallStatement] = []
    taken: list[cst.ImportAlias] = []
    for statement in line.body:
        if isinstance(statement, cst.Import):
            others = [a for a in statement.names if a.evaluated_name not in modules]
            taken += [a for a in statement.names if a.evaluated_name in modules]
            if not others:
                continue
            statement = statement.with_changes(names=joined(others))
        left.append(statement)
    comments = [] if left else [each for each in line.leading_lines if each.comment]
    bare = cst.SimpleStatementLine([]) if left else line
    imported = cst.Import(joined(taken))
    return left, bare.with_changes(body=[imported], leading_lines=comments)


def _is_after_blank(line: cst.SimpleStatementLine) -> bool:
    return any(each.comment is None for each in line.leading_lines)


def _after_blank(line: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
    return line.with_changes(leading_lines=[cst.EmptyLine(), *line.leading_lines])


class _Tidy:
    """Orders the imports that the conversion changed; leaves the others alone."""

    def __init__(self, tree: cst.Module) -> None:
        self._sorts = _is_sorted(tree)
        self._before = [
            line
            for line, _ in lines_of(tree)
            if type(line) is cst.SimpleStatementLine and import_of(line)
        ]
        self._ids = set(map(id, self._before))

    @cached_property
    def _codes(self) -> dict[int, str]:
        """The code of each import of the author, by its id."""
        return {id(line): _code(line) for line in self._before}

    def group(self, group: Group) -> Group:
        """Return a group of imports, merged and in order if any of them is new."""
        if all(id(line) in self._ids for line in group):
            return group
        new = [_code(line) for line in group if id(line) not in self._ids]
        old = [self._codes[id(line)] for line in group if id(line) in self._ids]
        # A new line may be what another one is already.
        there = set(self._codes.values())
        changed = any(
            code not in there or code in old or new.count(code) > 1 for code in new
        )
        return _merged(group, self._sorts) if changed else group

    def checking_block(self, line: cst.CSTNode) -> cst.CSTNode:
        """Return `if TYPE_CHECKING:` with its imports in order as well."""
        if not (isinstance(line, cst.If) and isinstance(line.body, cst.IndentedBlock)):
            return line
        block = line.body.body
        if not block or any(import_of(statement) is None for statement in block):
            return line
        lines = [each for group in _groups(block) for each in self.group(group)]
        return line.with_changes(body=line.body.with_changes(body=lines))


def _code(line: cst.SimpleStatementLine) -> str:
    end = line.trailing_whitespace.with_changes(whitespace=cst.SimpleWhitespace(" "))
    bare = line.with_changes(leading_lines=[], trailing_whitespace=end)
    return code_of(cst.Module([bare])).strip()


def import_of(line: cst.CSTNode) -> cst.Import | cst.ImportFrom | None:
    if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
        statement = line.body[0]
        if isinstance(statement, (cst.Import, cst.ImportFrom)):
            return statement
    return None


def _modules_bound_by(line: cst.CSTNode) -> Iterator[str]:
    """Yield `a.b` for `import a.b`, and nothing for `import a.b as c`."""
    statement = import_of(line)
    if isinstance(statement, cst.Import):
        yield from _modules_of(statement)


def _modules_of(statement: cst.Import) -> Iterator[str]:
    for alias in statement.names:
        if alias.asname is None or alias.evaluated_alias == alias.evaluated_name:
            yield alias.evaluated_name


def _binds(line: cst.SimpleStatementLine) -> Iterator[str]:
    statement = import_of(line)
    assert statement is not None
    assert not isinstance(statement.names, cst.ImportStar)
    for alias in statement.names:
        yield (alias.evaluated_alias or alias.evaluated_name).split(".")[0]


def _first_import(body: Sequence[cst.CSTNode], needed: set[str]) -> int:
    """Return the index of the first import, or where one would go.

    That is at the top if what stands before the import needs one of these names.
    """
    first = body[0] if body else None
    has_docstring = (
        isinstance(first, cst.SimpleStatementLine)
        and isinstance(first.body[0], cst.Expr)
        and isinstance(first.body[0].value, (cst.SimpleString, cst.ConcatenatedString))
    )
    for index, line in enumerate(body):
        if import_of(line) is not None:
            return index
        if any(name.value in needed for name in find(line, cst.Name)):
            break
    return 1 if has_docstring else 0


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
    statement = import_of(line)
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
        fits = [group for group in home if _root(group[0]) != FUTURE]
        index = 1 if groups and _root(groups[0][0]) == FUTURE else 0
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
        statement = import_of(line)
        if isinstance(statement, cst.ImportFrom) and not isinstance(
            statement.names, cst.ImportStar
        ):
            key = f"{'.' * len(statement.relative)}{module_name(statement)}"
            if key in merged:
                earlier = import_of(merged[key])
                assert isinstance(earlier, cst.ImportFrom)
                assert not isinstance(earlier.names, cst.ImportStar)
                statement = earlier.with_changes(
                    names=joined([*earlier.names, *statement.names])
                )
                line = merged[key]
            if sort:
                statement = _sorted_members(statement)
            line = line.with_changes(body=[statement])
        else:
            key = _code(line)
        merged[key] = line
    lines = sorted(merged.values(), key=_line_key) if sort else list(merged.values())
    lines[0] = lines[0].with_changes(leading_lines=[*leading, *lines[0].leading_lines])
    return lines


def joined(aliases: Iterable[cst.ImportAlias]) -> list[cst.ImportAlias]:
    """Return the aliases once each, with plain commas between them."""
    once = {
        cst.Module([]).code_for_node(a.with_changes(comma=cst.MaybeSentinel.DEFAULT)): a
        for a in aliases
    }
    return [a.with_changes(comma=cst.MaybeSentinel.DEFAULT) for a in once.values()]


def module_name(statement: cst.ImportFrom) -> str:
    return (get_full_name_for_node(statement.module) or "") if statement.module else ""


def _line_key(line: cst.SimpleStatementLine) -> tuple[int, int, str]:
    """Order `import x` before `from x import y`, then by module."""
    statement = import_of(line)
    if isinstance(statement, cst.ImportFrom):
        return (1, -len(statement.relative), module_name(statement).lower())
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
    """Return whether the author keeps the imports in isort's order."""
    for group in _groups(line for line in tree.body if import_of(line) is not None):
        if [_line_key(line) for line in group] != sorted(map(_line_key, group)):
            return False
    return True
