"""The mutants of the driver: one small change of one statement each.

Law: the same sources and seed give the same mutants. What is changed is executed: no
annotation, no overload, nothing that only type checkers read.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from parso.grammar import load_grammar

FOLDERS = ("async_src/pgtwin/aio", "async_src/pgtwin/core")

_COMPARISONS = (
    *("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is"),
    *("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Lt_Gt", "Gt_Lt", "LtE_Gt", "GtE_Lt"),
)
# cosmic-ray's operators, by their names.
OPERATORS = (
    *("AddNot", "ReplaceAndWithOr", "ReplaceOrWithAnd"),
    *("ReplaceTrueWithFalse", "ReplaceFalseWithTrue"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak"),
    *("ReplaceUnaryOperator_Delete_Not", "ZeroIterationForLoop"),
    *("ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add"),
    *(f"ReplaceComparisonOperator_{name}" for name in _COMPARISONS),
)
DROPPED = "DropStatement"


class DropStatement:
    """Replace a statement of a function by `pass`: an operator as cosmic-ray's."""

    _KINDS = ("expr_stmt", "atom_expr", "await_expr", "return_stmt", "raise_stmt")

    def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
        if node.type != "simple_stmt" or node.children[0].type not in self._KINDS:
            return
        first, *others = node.children[0].children
        if first.type == "name" and any(
            each.type == "annassign" or each == "=" for each in others
        ):
            return  # the next use of the name fails
        parent = node.parent
        while parent is not None and parent.type != "funcdef":
            parent = parent.parent
        if parent is not None:
            statement = node.children[0]
            yield statement.start_pos, statement.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        new = load_grammar().parse("pass\n").children[0]
        new.children[0].prefix = node.get_first_leaf().prefix
        new.parent = node.parent
        return new


@dataclass(frozen=True)
class Mutant:
    """One change: of which module, in which lines, by what."""

    path: str
    operator: str
    occurrence: int
    first: int
    last: int
    before: str  # the lines that change, without what stands around them
    after: str

    def __str__(self) -> str:
        return f"{self.path}:{self.first} {self.operator}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it, also when other lines of its module have changed."""
        return self.path, self.before, self.after

    def diff(self) -> str:
        """Show what is changed."""
        lines = [f"- {line}" for line in self.before.splitlines()]
        return "\n".join([*lines, *(f"+ {line}" for line in self.after.splitlines())])

    def apply(self, source: str) -> str:
        """Return the module's text with the change."""
        changed: str | None = mutate_code(
            source, _operator(self.operator), self.occurrence
        )
        assert changed is not None
        return changed


def sample(root: Path, number: int, seed: int, only: str = "") -> list[Mutant]:
    """Choose mutants; a line once at most for each kind.

    Half of them lack a statement, in the others an expression is changed.
    """
    lines: dict[bool, dict[tuple[str, int], list[tuple[str, int, int]]]]
    lines = {True: {}, False: {}}
    for folder in FOLDERS:
        for path in sorted((root / folder).glob("*.py")):
            name = path.relative_to(root).as_posix()
            if only not in name:
                continue
            for operator, occurrence, first, last in _positions(path.read_text()):
                of_line = lines[operator == DROPPED].setdefault((name, first), [])
                of_line.append((operator, occurrence, last))
    rng = random.Random(seed)
    shuffled = {
        dropped: rng.sample(sorted(each), len(each)) for dropped, each in lines.items()
    }
    chosen: list[Mutant] = []
    dropped = False
    while len(chosen) < number and any(shuffled.values()):
        dropped = not dropped
        if not shuffled[dropped]:
            continue
        name, first = shuffled[dropped].pop()
        operator, occurrence, last = rng.choice(lines[dropped][name, first])
        source = (root / name).read_text()
        mutant = Mutant(name, operator, occurrence, first, last, "", "")
        before, after = _changed(source, mutant.apply(source))
        if before != after:
            chosen.append(replace(mutant, before=before, after=after))
    return chosen


def _operator(name: str) -> Any:
    if name == DROPPED:
        return DropStatement()
    return get_operator(f"core/{name}")()


def _positions(source: str) -> Iterator[tuple[str, int, int, int]]:
    """Give each operator, its occurrences, and the lines that each changes."""
    unread = _never_executed(source)
    nodes = list(ast_nodes(get_ast(source)))
    for name in (*OPERATORS, DROPPED):
        operator = _operator(name)
        positions = (
            each for node in nodes for each in operator.mutation_positions(node)
        )
        for occurrence, (start, end) in enumerate(positions):
            if not any(low <= start < high for low, high in unread):
                yield name, occurrence, start[0], end[0]


Place = tuple[int, int]


def _never_executed(source: str) -> list[tuple[Place, Place]]:
    """Return where what only type checkers read begins and ends."""
    spans = []
    for node in ast.walk(ast.parse(source)):
        read: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            read.append(node.returns)
            if any("overload" in ast.dump(each) for each in node.decorator_list):
                read.append(node)
            read += node.decorator_list
        elif isinstance(node, ast.arg | ast.AnnAssign):
            read.append(node.annotation)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            read.append(node)
        for each in read:
            if isinstance(each, ast.expr | ast.stmt):
                first = (each.lineno, each.col_offset)
                spans.append((first, (each.end_lineno or 0, each.end_col_offset or 0)))
    return spans


def _changed(before: str, after: str) -> tuple[str, str]:
    """Return the lines that two texts do not share at their beginning or end."""
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return (
        "\n".join(line.strip() for line in old),
        "\n".join(line.strip() for line in new),
    )
