"""Overloads that have become one another in the twin.

Type checkers refuse two that are the same, and an overload that stands alone: its
annotations go to the function then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import libcst as cst
from libcst.helpers import get_full_name_for_node

from ...syntax.tokens import tokens_of
from ...syntax.traversal import Reader, lines_of, rewritten
from ..symbols.names import Names

OVERLOADS = {"typing.overload", "typing_extensions.overload"}
Body: TypeAlias = Sequence[cst.CSTNode]
# What the decorator is called in a module.
Spelled: TypeAlias = Collection[str | None]


def without_repeated_overloads(
    names: Names, tree: cst.Module
) -> tuple[cst.Module, list[cst.FunctionDef]]:
    """Return a converted module with each overload once.

    The second result is the functions of the source that it changed.
    """
    spelled = {
        get_full_name_for_node(each.decorator)
        for each in names.nodes.of(cst.Decorator)
        if names.qualified(each.decorator) in OVERLOADS
    }
    if not spelled:
        return tree, []
    before, after = _Overloads(spelled), _Overloads(spelled)
    names.tree.visit(before)
    tree.visit(after)
    if len(before.groups) != len(after.groups):  # some are in a branch that is gone
        return tree, []
    settling = _Settling(spelled, before.groups)
    # Only bodies are looked at, and what they are in.
    only = {id(each) for _, above in lines_of(tree) for each in above}
    settled = rewritten(tree, settling, only)
    assert isinstance(settled, cst.Module)
    return settled, settling.changed


@dataclass
class _Group:
    """Overloads that follow each other, and the function that they are of."""

    overloads: list[cst.FunctionDef]
    function: cst.FunctionDef | None = None

    @property
    def whole(self) -> list[cst.FunctionDef]:
        return [*self.overloads, *filter(None, [self.function])]

    @property
    def repeats(self) -> int:
        return len(self.overloads) - len(set(map(_signature, self.overloads)))


class _Overloads(Reader):
    """Collects the overloads of each function, in the order of the source."""

    def __init__(self, spelled: Spelled) -> None:
        super().__init__()
        self.groups: list[_Group] = []
        self._spelled = spelled

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:
        return False

    def leave_Module(self, original_node: cst.Module) -> None:
        self.groups.extend(_groups(original_node.body, self._spelled))

    def leave_IndentedBlock(self, original_node: cst.IndentedBlock) -> None:
        self.groups.extend(_groups(original_node.body, self._spelled))


class _Settling(cst.CSTTransformer):
    """Takes out what is repeated and was not before, group by group."""

    def __init__(self, spelled: Spelled, before: list[_Group]) -> None:
        super().__init__()
        self.changed: list[cst.FunctionDef] = []
        self._spelled = spelled
        self._before = iter(before)

    def leave_Module(
        self, original_node: cst.Module, updated_node: cst.Module
    ) -> cst.Module:
        body = self._settled(updated_node.body)
        return updated_node.with_changes(body=body) if body else updated_node

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        body = self._settled(updated_node.body)
        return updated_node.with_changes(body=body) if body else updated_node

    def _settled(self, body: Body) -> list[cst.CSTNode]:
        """Return statements without repeated overloads, nothing if there are none."""
        changes: dict[int, list[cst.FunctionDef]] = {}
        for group in _groups(body, self._spelled):
            before = next(self._before)
            if group.repeats > before.repeats:
                self.changed += before.whole
                changes.update((id(each), []) for each in group.whole)
                changes[id(group.overloads[0])] = _once(group, self._spelled)
        if not changes:
            return []
        return [new for old in body for new in changes.get(id(old), [old])]


def _groups(body: Body, spelled: Spelled) -> Iterator[_Group]:
    group: _Group | None = None
    for each in body:
        function = each if isinstance(each, cst.FunctionDef) else None
        if group is not None:
            name = group.overloads[0].name.value
            same = function is not None and function.name.value == name
            if same and function is not None and _is_overload(function, spelled):
                group.overloads.append(function)
                continue
            group.function = function if same else None
            yield group
            group = None
        if function is not None and _is_overload(function, spelled):
            group = _Group([function])
    if group is not None:
        yield group


def _is_overload(function: cst.FunctionDef, spelled: Spelled) -> bool:
    return any(
        get_full_name_for_node(each.decorator) in spelled
        for each in function.decorators
    )


def _signature(function: cst.FunctionDef) -> tuple[str, ...]:
    return tokens_of(function.with_changes(body=cst.SimpleStatementSuite([cst.Pass()])))


def _once(group: _Group, spelled: Spelled) -> list[cst.FunctionDef]:
    """Return each overload once, with its function; only that where one is left."""
    function, last_first = group.function, reversed(group.overloads)
    kept = list({_signature(each): each for each in last_first}.values())[::-1]
    if len(kept) > 1:
        return [*kept, *filter(None, [function])]
    (alone,) = kept
    if function is None:  # in a protocol
        others = [
            each
            for each in alone.decorators
            if get_full_name_for_node(each.decorator) not in spelled
        ]
        return [alone.with_changes(decorators=others)]
    annotated = _annotated(function, alone)
    return group.whole if annotated is None else [annotated]


def _annotated(
    function: cst.FunctionDef, overload: cst.FunctionDef
) -> cst.FunctionDef | None:
    """Return a function with the annotations of its one overload.

    `None` where they take other parameters: the author has to say what is right.
    """
    finders = _Parameters(), _Parameters()
    overload.params.visit(finders[0])
    function.params.visit(finders[1])
    if finders[0].found != finders[1].found:
        return None
    params = function.params.visit(_Annotating(finders[0].annotations))
    returns = overload.returns or function.returns
    comments = [each for each in function.leading_lines if each.comment is not None]
    return function.with_changes(
        params=params,
        returns=returns,
        leading_lines=[*overload.leading_lines, *comments],
    )


class _Parameters(Reader):
    """Collects what a function takes: names, stars, and which have defaults."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []
        self.annotations: list[cst.Annotation | None] = []

    def visit_Param(self, node: cst.Param) -> bool:
        self.found.append((node.star, node.name.value, node.default is not None))
        self.annotations.append(node.annotation)
        return False

    def visit_ParamStar(self, node: cst.ParamStar) -> None:
        self.found.append("*")

    def visit_ParamSlash(self, node: cst.ParamSlash) -> None:
        self.found.append("/")


class _Annotating(cst.CSTTransformer):
    """Gives parameters their annotations, in order."""

    def __init__(self, annotations: Sequence[cst.Annotation | None]) -> None:
        super().__init__()
        self._annotations = iter(annotations)

    def visit_Param(self, node: cst.Param) -> bool:
        return False

    def leave_Param(
        self, original_node: cst.Param, updated_node: cst.Param
    ) -> cst.Param:
        annotation = next(self._annotations) or updated_node.annotation
        return updated_node.with_changes(annotation=annotation)
