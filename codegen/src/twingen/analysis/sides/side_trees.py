"""Takes the side of the twin: its tree has what both sides have, and its own.

This is done before any name is looked up, so that nothing that only the async
side has is ever asked. Out go: statements, decorators and members of lists that
are marked `# twingen: async-only`, and the branches of `if ASYNC:`, where ASYNC
is the constant that the project names. The branch for the twin (`else:`,
`if not ASYNC:`, or an `if` that is marked `# twingen: sync-only`) takes the
place of its `if`.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass, field

import libcst as cst

from ...syntax.nodes import Nodes
from ...syntax.source import ASYNC_ONLY, MARK, SYNC_ONLY
from ...syntax.traversal import EVERYTHING, rewritten
from .markers import Markers, marked_above, marks
from .one_sided_members import dropped_members, parameters_lost, without_members
from .side_conditions import Asked

_ASYNC, _SYNC = "async", "sync"


@dataclass
class Side:
    """One source as the twin sees it.

    `source` is the whole source, `tree` what is left of it. `origins` leads from
    the nodes that were made anew to those of the source; `sync_only` holds the
    statements that the async program does not run, and `parameters` what
    functions lost, with the positions. `lost_markers` stand in code that went, and
    `unclear` are other branches of statements whose first one was marked.
    `changes` are the places in the source, each with the rule that explains it; `nodes`
    are those of `tree`, where they were listed already.
    """

    source: cst.Module
    tree: cst.Module
    origins: dict[cst.CSTNode, cst.CSTNode] = field(default_factory=dict)
    sync_only: set[cst.CSTNode] = field(default_factory=set)
    parameters: dict[cst.CSTNode, dict[str, int | None]] = field(default_factory=dict)
    lost_markers: list[cst.Comment] = field(default_factory=list)
    unclear: list[cst.CSTNode] = field(default_factory=list)
    changes: list[tuple[str, cst.CSTNode]] = field(default_factory=list)
    nodes: Nodes | None = None


def of_twin(
    source: cst.Module,
    asked: Asked | None = None,
    named: Collection[cst.CSTNode] = frozenset(),
) -> Side:
    """Return a source without what only the async side has.

    `named` is what the configuration says of it; see `async_names`.
    """
    side = Side(source, source)
    asked, nodes = asked or Asked(), Nodes(source)
    only = EVERYTHING if asked.table or named else _around_markers(nodes)
    taken = rewritten(source, _Taker(side, asked, named, nodes, only), only)
    assert isinstance(taken, cst.Module)
    if taken.header and marks(taken.header[0].comment, SYNC_ONLY):
        side.origins[whole := taken.with_changes(header=taken.header[1:])] = source
        side.sync_only.add(whole)
        taken = whole
    side.tree = taken
    side.nodes = nodes if taken is source else None
    return side


def _around_markers(nodes: Nodes) -> set[int]:
    """Return the ids of what holds a marker, with all statements beside it."""
    found = {id(nodes.tree)}
    for comment in nodes.of(cst.Comment):
        around = nodes.parent(comment) if marks(comment, MARK) else None
        while around is not None and id(around) not in found:
            found.add(id(around))
            around = nodes.parent(around)
    bodies: list[cst.Module | cst.IndentedBlock] = [nodes.tree]
    bodies += nodes.of(cst.IndentedBlock)
    for each in bodies:
        if id(each) in found:
            found.update(map(id, each.body))
    return found


class _Taker(cst.CSTTransformer):
    """Takes out of a tree what only the async side has."""

    def __init__(
        self,
        side: Side,
        asked: Asked,
        named: Collection[cst.CSTNode],
        nodes: Nodes,
        only: Container[int],
    ) -> None:
        super().__init__()
        self._side = side
        self._asked = asked
        self._only = only
        self._markers = Markers(nodes)
        self._named = named
        self._branches: set[cst.CSTNode] = set()
        self._footers: dict[cst.CSTNode, list[cst.EmptyLine]] = {}
        self._gaps: dict[cst.CSTNode, cst.EmptyLine] = {}

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.If):
            if isinstance(node.orelse, cst.If):
                self._branches.add(node.orelse)
            return self._side_of(node) is None
        if type(node) is cst.Module or type(node) is cst.IndentedBlock:
            self._find_gaps(node)
        if isinstance(node, (cst.Import, cst.ImportFrom, cst.AssignTarget)):
            return False
        return not self._goes(node) and not self._is_decided(node)

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
        if isinstance(original_node, cst.If) and self._side_of(original_node):
            return self._branch(original_node)
        if self._goes(original_node):
            if isinstance(original_node, (cst.For, cst.While, cst.Try, cst.TryStar)):
                self._check_rest(original_node, original_node.orelse)
            if isinstance(original_node, (cst.Try, cst.TryStar)):
                self._check_rest(original_node, original_node.finalbody)
            self._drop(original_node)
            self._changed(original_node)
            return cst.RemoveFromParent()
        if self._is_decided(original_node):
            return self._literal(original_node)
        if self._flips(original_node):
            return self._flipped(original_node)
        if self._means_side(original_node):
            self._changed(original_node)
            return cst.RemoveFromParent()
        if self._asked.side(original_node) == "sync-only":
            self._side.sync_only.add(updated_node)
        if type(updated_node) is cst.Module or type(updated_node) is cst.IndentedBlock:
            updated_node = self._with_footers(updated_node)
            if isinstance(updated_node, cst.IndentedBlock) and not updated_node.body:
                updated_node = self._with_pass(original_node, updated_node)
        if dropped := dropped_members(original_node, self._named):
            for member in dropped:
                self._drop(member)
                self._changed(member)
            updated_node = without_members(original_node, updated_node, dropped)
            if isinstance(original_node, cst.FunctionDef):
                lost = parameters_lost(original_node, dropped)
                self._side.parameters[updated_node] = lost
        if original_node in self._gaps:
            lines = [self._gaps[original_node], *_lines_above(updated_node)]
            updated_node = updated_node.with_changes(leading_lines=lines)
        if updated_node is not original_node:
            self._side.origins[updated_node] = original_node
            if original_node in self._side.sync_only:
                self._side.sync_only.add(updated_node)
        return updated_node

    def _means_side(self, node: cst.CSTNode) -> bool:
        """Recognize a decorator that means one side."""
        return (
            isinstance(node, cst.Decorator)
            and bool(self._asked.table)
            and self._asked.of_decorator(node) is not None
        )

    # -- constants --------------------------------------------------------

    def _is_decided(self, node: cst.CSTNode) -> bool:
        """Recognize an expression with the side, except in the test of an `if`."""
        kinds = (cst.Name, cst.Attribute, cst.Call, cst.UnaryOperation)
        return isinstance(node, kinds) and self._asked.value(node) is not None

    def _literal(self, node: cst.CSTNode) -> cst.Name:
        """Return what the twin gets of an expression that asks for the side."""
        literal = cst.Name("False" if self._asked.value(node) else "True")
        self._side.origins[literal] = node
        self._side.changes.append(("side_constant", node))
        return literal

    def _flips(self, node: cst.CSTNode) -> bool:
        """Recognize the definition of a constant that stays, with the other value."""
        target, value = _definition(node)
        found = self._asked.flipped(target) if target is not None else None
        return found is not None and value is not None and value.value == found[0]

    def _flipped(self, node: cst.CSTNode) -> cst.CSTNode:
        _, value = _definition(node)
        assert isinstance(node, cst.SimpleStatementLine)
        assert value is not None
        other = value.with_changes(value="False" if value.value == "True" else "True")
        small = node.body[0].with_changes(value=other)
        changed = node.with_changes(body=[small])
        before = ((changed, node), (small, node.body[0]), (other, value))
        self._side.origins.update(before)
        self._side.changes.append(("side_constant", node))
        return changed

    def _find_gaps(self, holder: cst.Module | cst.IndentedBlock) -> None:
        """Note where a blank line stood above the first of a group, and that one goes.

        The next one that stays begins the group then.
        """
        gap: cst.EmptyLine | None = None
        after_another = False
        for statement in holder.body:
            above = _lines_above(statement)
            begins = bool(above) and above[0].comment is None
            if self._goes(statement) or self._goes_whole(statement):
                gap = gap or (above[0] if begins and after_another else None)
                continue
            if gap and not begins and hasattr(statement, "leading_lines"):
                self._gaps[statement] = gap
            gap, after_another = None, True

    def _goes_whole(self, node: cst.CSTNode) -> bool:
        if not isinstance(node, cst.If) or node.orelse is not None:
            return False
        by_constant = self._asked.value(node.test) is not None
        return not by_constant and self._side_of(node) == _ASYNC

    def _goes(self, node: cst.CSTNode) -> bool:
        if type(node) is cst.If:
            return False  # its branches say
        if self._markers.is_async_only(node) or self._defines_constant(node):
            return True
        if isinstance(node, cst.BaseStatement) and node in self._named:
            return True
        return isinstance(node, (cst.FunctionDef, cst.ClassDef)) and (
            self._asked.side(node) == "async-only"
        )

    def _defines_constant(self, node: cst.CSTNode) -> bool:
        """Recognize `ASYNC = True`, which the twin does not use any more."""
        target, value = _definition(node)
        found = self._asked.constant(target) if target is not None else None
        return (
            found is not None and value is not None and value.value == str(found.value)
        )

    # -- branches ---------------------------------------------------------

    def _side_of(self, node: cst.If) -> str | None:
        """Return which side the first branch of an `if` is for."""
        value = self._asked.value(node.test)
        if value is not None:
            return _ASYNC if value else _SYNC
        if node in self._branches:
            return None  # the markers of an `elif` say nothing: see `comment`
        if self._markers.carries(node, ASYNC_ONLY):
            return _ASYNC
        return _SYNC if self._markers.carries(node, SYNC_ONLY) else None

    def _branch(
        self, node: cst.If
    ) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
        """Return what takes the place of an `if` of which one branch goes."""
        is_elif = node in self._branches
        self._changed(node)
        if self._side_of(node) == _SYNC:
            comment = self._markers.comment(node)
            if comment is not None and marks(comment, ASYNC_ONLY):
                self._side.lost_markers.append(comment)
            if node.orelse is not None:
                self._drop(node.orelse)
            return self._else(node) if is_elif else self._flat(node, node)
        self._drop(node.body)
        rest = node.orelse
        if rest is None:
            return cst.RemoveFromParent()
        by_marker = self._asked.value(node.test) is None
        while by_marker and isinstance(rest, cst.If) and self._is_for_async(rest):
            self._changed(rest, by=node)
            if rest.orelse is None:
                break
            self._drop(rest.body)
            rest = rest.orelse
        if by_marker and not (
            isinstance(rest, cst.Else) and marks(self._markers.comment(rest), SYNC_ONLY)
        ):
            self._check_rest(node, rest)
            self._drop(rest)
            return cst.RemoveFromParent()
        self._changed(rest, by=node)
        if isinstance(rest, cst.If):
            return self._promoted(node, rest, is_elif)
        return self._else(rest) if is_elif else self._flat(node, rest)

    def _is_for_async(self, branch: cst.If) -> bool:
        """Recognize an `elif` with a marker that leaves it out, too."""
        return marks(self._markers.comment(branch), ASYNC_ONLY)

    def _promoted(
        self, node: cst.If, rest: cst.If, is_elif: bool
    ) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
        """Return the `elif` behind a branch that goes, as what that one was."""
        if is_elif:
            self._branches.add(rest)
            return _one(rewritten(rest, self, self._only))
        self._branches.discard(rest)
        result = rewritten(rest, self, self._only)
        if not isinstance(result, cst.If):
            return _one(result)
        lines = [*node.leading_lines, *result.leading_lines]
        promoted = result.with_changes(leading_lines=lines)
        self._side.origins[promoted] = rest
        return promoted

    def _else(self, branch: cst.If | cst.Else) -> cst.Else:
        """Return a branch as the `else` of the `if` that it hangs on."""
        body = rewritten(branch.body, self, self._only)
        if isinstance(body, cst.IndentedBlock):
            if marks(body.header.comment, SYNC_ONLY):
                body = body.with_changes(header=body.header.with_changes(comment=None))
            self._side.sync_only.update(body.body)
        made = cst.Else(body, leading_lines=branch.leading_lines)
        self._side.origins[body] = branch.body
        self._side.origins[made] = branch
        return made

    def _flat(
        self, node: cst.If, branch: cst.If | cst.Else
    ) -> cst.FlattenSentinel[cst.CSTNode] | cst.RemovalSentinel:
        """Return the statements of a branch in the place of the whole `if`."""
        body = rewritten(branch.body, self, self._only)
        if isinstance(body, cst.SimpleStatementSuite):
            ending = body.trailing_whitespace
            if marks(ending.comment, SYNC_ONLY):
                ending = ending.with_changes(comment=None)
            line = cst.SimpleStatementLine(body.body, trailing_whitespace=ending)
            self._side.origins[line] = node
            statements: list[cst.BaseStatement] = [line]
        else:
            statements = list(body.body)
        if not statements:
            return cst.RemoveFromParent()
        above = list(node.leading_lines)
        if gap := self._gaps.get(node):
            above.insert(0, gap)
        if marked_above(node, SYNC_ONLY) or marked_above(node, ASYNC_ONLY):
            above.pop()
        first = statements[0]
        lines = [*above, *getattr(first, "leading_lines", ())]
        statements[0] = first.with_changes(leading_lines=lines)
        origin = self._side.origins.get(first, first)
        self._side.origins[statements[0]] = origin
        if first in self._side.parameters:
            self._side.parameters[statements[0]] = self._side.parameters[first]
        self._side.sync_only.update(statements)
        if isinstance(body, cst.IndentedBlock) and body.footer:
            self._footers[statements[-1]] = list(body.footer)
        return cst.FlattenSentinel(statements)

    def _with_footers(
        self, holder: cst.Module | cst.IndentedBlock
    ) -> cst.Module | cst.IndentedBlock:
        """Return a body in which the comments that ended a branch stand on."""
        if not any(statement in self._footers for statement in holder.body):
            return holder
        statements: list[cst.CSTNode] = []
        waiting: list[cst.EmptyLine] = []
        for statement in holder.body:
            changed: cst.CSTNode = statement
            if waiting:
                lines = [*waiting, *getattr(statement, "leading_lines", ())]
                changed = statement.with_changes(leading_lines=lines)
                self._replaced(statement, changed)
            statements.append(changed)
            waiting = self._footers.pop(statement, [])
        footer = [*waiting, *holder.footer]
        return holder.with_changes(body=statements, footer=footer)

    def _with_pass(
        self, original: cst.CSTNode, body: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        """Return a body of which nothing is left as one that can be written."""
        assert isinstance(original, cst.IndentedBlock)
        small = cst.Pass()
        line = cst.SimpleStatementLine([small])
        self._side.origins[small] = self._side.origins[line] = original.body[0]
        return body.with_changes(body=[line])

    def _replaced(self, old: cst.CSTNode, new: cst.CSTNode) -> None:
        """Carry over what is known of a node that is created again."""
        side = self._side
        side.origins[new] = side.origins.get(old, old)
        if old in side.parameters:
            side.parameters[new] = side.parameters[old]
        if old in side.sync_only:
            side.sync_only.add(new)

    def _check_rest(
        self, node: cst.CSTNode, rest: cst.If | cst.Else | cst.Finally | None
    ) -> None:
        """Note a branch that goes although the mark stands on another one."""
        if rest is None or marked_above(node, ASYNC_ONLY):
            return
        if not marks(self._markers.comment(rest), ASYNC_ONLY):
            self._side.unclear.append(rest)
        elif isinstance(rest, cst.If):
            self._check_rest(rest, rest.orelse)

    # -- what goes --------------------------------------------------------

    def _changed(self, node: cst.CSTNode, by: cst.CSTNode | None = None) -> None:
        """Note for explanations that a part of the source was changed here."""
        by = by or node
        by_constant = self._defines_constant(by) or (
            isinstance(by, cst.If) and not self._markers.carries_any(by)
        )
        rule = "side_constant" if by_constant else "comment"
        self._side.changes.append((rule, node))

    def _drop(self, node: cst.CSTNode) -> None:
        """Note the markers for the twin in code that goes: they do nothing."""
        node.visit(_MarkerFinder(self._side.lost_markers))


class _MarkerFinder(cst.CSTVisitor):
    """Adds the markers for the twin to a list."""

    def __init__(self, found: list[cst.Comment]) -> None:
        super().__init__()
        self._found = found

    def visit_Comment(self, node: cst.Comment) -> None:
        if marks(node, SYNC_ONLY):
            self._found.append(node)


def _definition(
    node: cst.CSTNode,
) -> tuple[cst.BaseExpression | None, cst.Name | None]:
    """Return the two sides of `NAME = True`, or `False`."""
    if type(node) is not cst.SimpleStatementLine or len(node.body) != 1:
        return None, None
    statement = node.body[0]
    target: cst.BaseExpression | None = None
    if isinstance(statement, cst.Assign) and len(statement.targets) == 1:
        target = statement.targets[0].target
    elif isinstance(statement, cst.AnnAssign):
        target = statement.target
    value = getattr(statement, "value", None)
    if not isinstance(value, cst.Name) or value.value not in ("True", "False"):
        return None, None
    return target, value


def _lines_above(node: cst.CSTNode) -> Sequence[cst.EmptyLine]:
    lines: Sequence[cst.EmptyLine] = getattr(node, "leading_lines", ())
    return lines


def _one(
    result: object,
) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
    assert isinstance(result, (cst.CSTNode, cst.RemovalSentinel, cst.FlattenSentinel))
    return result
