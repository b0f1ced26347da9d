"""Every node is offered to the rules that look at its type, the innermost first.

A node is created again only if a rule replaced one inside it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import libcst as cst

from ..analysis.symbols.library_tables import Libraries, Tasks
from ..analysis.types.typed_names import TypedNames
from ..diagnostics.diagnostic import Diagnostic
from ..diagnostics.refusal import NoRuntime, Refused
from ..imports.twin_imports import TwinImports
from ..rules.rule import Examples, Rule, Site
from ..syntax.source import Source, lines_of
from ..syntax.traversal import EVERYTHING, with_children
from .trace import Trace

_Result: TypeAlias = (
    "cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]"
)


class Rewriter:
    """Offers every node to the rules; collects what they refuse."""

    def __init__(
        self,
        source: Source,
        names: TypedNames,
        imports: TwinImports,
        libraries: Libraries,
        rules: tuple[Rule, ...],
        examples: Examples,
        trace: Trace | None,
        tasks: Tasks,
    ) -> None:
        self._rules = _by_type(rules, tasks)
        self._tasks: Tasks = tasks
        self._trace = trace
        self.refusals: list[Diagnostic] = []
        self._lacks_runtime = False
        self._source = source
        self._names = names
        self._imports = imports
        self._libraries = libraries
        self._examples = examples
        self._verbatim = names.verbatim

    def to_visit(self) -> set[int]:
        """Return the ids of the nodes that the rules have to be offered."""
        of_names = self._rules.get(cst.Name, ())
        return self._names.to_visit(
            self._rules, every_name=any(r.plugin != "twingen" for r in of_names)
        )

    def converted(self) -> cst.Module:
        """Return the module of the names with all that the rules make of it."""
        # Every statement is numbered in a trace, also where no rule looks.
        only = EVERYTHING if self._trace is not None else self.to_visit()
        nodes = self._names.nodes
        # What became of the nodes in a node that did not stay the same, by their ids.
        made: dict[int, dict[int, object]] = {}
        result: object = nodes.tree
        for node in nodes.innermost_first(only):
            results = made.pop(id(node), None)
            updated = node if results is None else with_children(node, results)
            result = self._rewritten(node, updated)
            if self._trace is not None:
                result = self._trace.number(node, result)
            if result is not node and (around := nodes.parent(node)) is not None:
                made.setdefault(id(around), {})[id(node)] = result
        assert isinstance(result, cst.Module)
        return result

    def _is_verbatim(self, node: cst.CSTNode) -> bool:
        """Return whether a statement around a node, or itself, stays as it is."""
        return any(
            id(each) in self._verbatim for each in (node, *self._names.ancestors(node))
        )

    def _rewritten(
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> _Result:
        rules = self._rules.get(type(original_node))
        if rules is None:
            return updated_node
        site = Site(
            original_node,
            updated_node,
            self._names,
            self._imports,
            self._libraries,
            self._examples,
            self._tasks,
        )
        claimed: Rule | None = None
        result: _Result = updated_node
        verbatim = bool(self._verbatim) and self._is_verbatim(original_node)
        skipped = self._overridden(original_node)
        for rule in rules:
            if rule.name == skipped or (verbatim and rule.name != "verbatim"):
                continue
            try:
                replacement = rule.apply(site)
                if self._imports.homeless is not None:
                    self._imports.check_runtime()
            except NoRuntime as refused:  # once: the other places need it as well
                if not self._lacks_runtime:
                    self._refuse("TW018", "runtime", refused, original_node)
                self._lacks_runtime = True
                continue
            except Refused as refused:
                self._imports.homeless = None
                self._refuse(rule.code, rule.name, refused, original_node)
                continue
            if replacement is None:
                continue
            if claimed is not None:
                self._refuse_both(claimed, rule, original_node)
                continue
            claimed, result = rule, replacement
            if self._trace is not None:
                whole = isinstance(original_node, cst.BaseCompoundStatement)
                whole &= type(replacement) is not type(original_node)
                self._trace.claim(rule, original_node, whole)
        return result

    def _overridden(self, node: cst.CSTNode) -> str:
        """Return the rule in whose place the project has a row for what is called."""
        if type(node) is not cst.Call or not self._libraries.overridden:
            return ""
        qualified = self._names.qualified(node.func)
        return self._libraries.overridden.get(qualified or "", "")

    def _refuse_both(self, one: Rule, other: Rule, node: cst.CSTNode) -> None:
        """Refuse what two rules claim; of twingen's own rules that is a defect."""
        if one.plugin == other.plugin == "twingen":
            raise AssertionError(f"{one.name} and {other.name} claim one node")
        claim = f"{one.name} of {one.plugin} and {other.name} of {other.plugin}"
        refused = Refused(
            f"two rules claim this: {claim}",
            "remove one of the plug-ins from `plugins`, or change its rule to leave "
            "this alone",
        )
        self._refuse("TW008", "conflict", refused, node)

    def _refuse(
        self, code: str, name: str, refused: Refused, node: cst.CSTNode
    ) -> None:
        place = self._names.place(refused.node or node)
        line = place.start.line if place else 1
        column = place.start.column if place else 0
        lines = lines_of(self._source.text)
        excerpt = lines[line - 1] if line <= len(lines) else ""
        one_line = place is not None and place.end.line == line
        end = place.end.column if place and one_line else len(excerpt)
        diagnostic = Diagnostic(
            path=self._source.path,
            line=line,
            column=column + 1,
            code=code,
            rule=name,
            message=refused.why,
            help=refused.instead,
            excerpt=excerpt,
            width=end - column,
        )
        if diagnostic not in self.refusals:
            self.refusals.append(diagnostic)


@lru_cache(maxsize=8)
def _by_type(
    rules: tuple[Rule, ...], tasks: Tasks
) -> dict[type[cst.CSTNode], list[Rule]]:
    table: dict[type[cst.CSTNode], list[Rule]] = {}
    for rule in rules:
        if rule.tasks not in (None, tasks):
            continue
        for node_type in rule.node_types:
            table.setdefault(node_type, []).append(rule)
    return table
