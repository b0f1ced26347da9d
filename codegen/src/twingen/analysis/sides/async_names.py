"""Definitions that only the async side has, by their names in the configuration.

`async_only = ["Client.__enter__", "mylib.pool.SyncPool", "Async*.*"]`: a pattern is the
path of a class, function, variable or member, from its module on or with the module
before it; `*` is anything in one part of it. What goes, goes as if it was marked: so
does a name that the sources import from each other, or that `__all__` lists.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatchcase

import libcst as cst
from libcst.helpers import (
    get_absolute_module_from_package_for_import,
    get_full_name_for_node,
)

from .side_configuration import DEFINITION

_Holder = cst.Module | cst.BaseSuite


class AsyncNames:
    """Finds what goes of one module by the rows of a project.

    `used` learns which rows there was something for.
    """

    def __init__(
        self, rows: Iterable[str], module: str, is_package: bool, used: set[str]
    ) -> None:
        self._patterns = {
            row: row.removeprefix(DEFINITION).split(".")
            for row in rows
            if row.startswith(DEFINITION)
        }
        self._module = module
        self._package = module if is_package else module.rpartition(".")[0]
        self._used = used

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def found(self, tree: cst.Module) -> set[cst.CSTNode]:
        """Return the statements that go, and the members of lists."""
        return set(self._in(tree, ()))

    def _in(self, holder: _Holder, path: tuple[str, ...]) -> Iterator[cst.CSTNode]:
        for statement in holder.body:
            if isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
                inside = (*path, statement.name.value)
                if self._is_meant(inside, self._module):
                    yield statement
                elif isinstance(statement, cst.ClassDef):
                    yield from self._in(statement.body, inside)
            elif isinstance(statement, cst.SimpleStatementLine):
                yield from self._simple(statement, path)
            elif isinstance(statement, cst.BaseStatement):
                for block in _blocks(statement):
                    yield from self._in(block, path)

    def _simple(
        self, line: cst.SimpleStatementLine, path: tuple[str, ...]
    ) -> Iterator[cst.CSTNode]:
        for small in line.body:
            if isinstance(small, cst.ImportFrom):
                gone = [*self._imported(small)]
                names = (
                    small.names if not isinstance(small.names, cst.ImportStar) else ()
                )
                whole = bool(gone) and len(gone) == len(names) and len(line.body) == 1
                yield from [line] if whole else gone
                continue
            names_bound = _bound(small)
            if names_bound == ["__all__"]:
                value = getattr(small, "value", None)
                yield from self._listed(value)
            elif names_bound and len(line.body) == 1:
                meant = [
                    self._is_meant((*path, name), self._module) for name in names_bound
                ]
                if all(meant):
                    yield line

    def _imported(self, statement: cst.ImportFrom) -> Iterator[cst.ImportAlias]:
        home = get_absolute_module_from_package_for_import(self._package, statement)
        if home is None or isinstance(statement.names, cst.ImportStar):
            return
        is_own = home.partition(".")[0] == self._module.partition(".")[0]
        for alias in statement.names:
            if is_own and self._is_meant((alias.evaluated_name,), home):
                yield alias

    def _listed(self, value: cst.BaseExpression | None) -> Iterator[cst.BaseElement]:
        if isinstance(value, (cst.List, cst.Tuple)):
            for element in value.elements:
                text = element.value
                if isinstance(text, cst.SimpleString) and self._is_meant(
                    (str(text.evaluated_value),), self._module
                ):
                    yield element

    def _is_meant(self, path: Collection[str], module: str) -> bool:
        """Return whether a row means a path, and remember that it is used."""
        whole = [*module.split("."), *path]
        rows = [
            row
            for row, pattern in self._patterns.items()
            if _fits([*path], pattern) or _fits(whole, pattern)
        ]
        self._used.update(rows)
        return bool(rows)


def _fits(path: list[str], pattern: list[str]) -> bool:
    return len(path) == len(pattern) and all(map(fnmatchcase, path, pattern))


def _blocks(statement: cst.BaseStatement) -> Iterator[cst.BaseSuite]:
    """Yield the blocks of an `if` or a `try`, whose definitions are the module's."""
    if isinstance(statement, (cst.If, cst.Try)):
        yield statement.body
        if isinstance(statement, cst.Try):
            yield from (handler.body for handler in statement.handlers)
            if statement.finalbody is not None:
                yield statement.finalbody.body
        if isinstance(statement.orelse, cst.If):
            yield from _blocks(statement.orelse)
        elif statement.orelse is not None:
            yield statement.orelse.body


def _bound(small: cst.BaseSmallStatement) -> list[str]:
    """Return the names that an assignment binds; none if it binds anything else."""
    if isinstance(small, cst.Assign):
        targets = [each.target for each in small.targets]
    elif isinstance(small, (cst.AnnAssign, cst.AugAssign)):
        targets = [small.target]
    else:
        return []
    names = [get_full_name_for_node(each) or "" for each in targets]
    return names if all(map(str.isidentifier, names)) else []
