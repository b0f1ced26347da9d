"""The mutants of a product: one small change of one statement each.

The same sources and seed give the same mutants. What is changed is executed, and
matters: `_not_asked` says what does not.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from parso.grammar import load_grammar

from tests.mutants.product import Product

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
    function: str  # with the names of what it stands in
    executed: tuple[int, int]  # the first and the last line of its statement
    before: str = ""  # the lines that change, without what stands around them
    after: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.first} {self.function} {self.operator}"

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names it, also when other lines of its module have changed."""
        return self.path, self.function, self.before, self.after

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


def sample(
    root: Path, product: Product, number: int, seed: int, only: str = ""
) -> list[Mutant]:
    """Choose mutants; a line once at most for each kind.

    Half of them lack a statement, in the others an expression is changed. A change of
    the sources changes few of them, since each has a rank that depends on its own line.
    """
    ranked: dict[bool, dict[tuple[str, int], tuple[str, Mutant]]]
    ranked = {True: {}, False: {}}
    sources = {
        path.relative_to(root).as_posix(): path.read_text()
        for path in product.modules(root)
    }
    for name, source in sources.items():
        if only not in name:
            continue
        lines = source.splitlines()
        seen: Counter[tuple[str, ...]] = Counter()
        for mutant in _mutants(name, source):
            text = lines[mutant.first - 1].strip()
            # The same line may stand in a function twice.
            key = (name, mutant.function, text, mutant.operator)
            seen[key] += 1
            rank = sha256(repr((seed, key, seen[key])).encode()).hexdigest()
            of_line = ranked[mutant.operator == DROPPED]
            place = name, mutant.first
            of_line[place] = min(
                of_line.get(place, (rank, mutant)),
                (rank, mutant),
                key=lambda pair: pair[0],
            )
    waiting = {
        dropped: sorted(of_line.values(), key=lambda pair: pair[0], reverse=True)
        for dropped, of_line in ranked.items()
    }
    chosen: list[Mutant] = []
    dropped = False
    while len(chosen) < number and any(waiting.values()):
        dropped = not dropped
        if not waiting[dropped]:
            continue
        _, mutant = waiting[dropped].pop()
        source = sources[mutant.path]
        before, after = _changed(source, mutant.apply(source))
        if before != after:
            chosen.append(replace(mutant, before=before, after=after))
    return chosen


def _operator(name: str) -> Any:
    if name == DROPPED:
        return DropStatement()
    return get_operator(f"core/{name}")()


def _mutants(name: str, source: str) -> Iterator[Mutant]:
    """Give all of a module, without their texts."""
    tree = ast.parse(source)
    left_out = list(_not_asked(tree))
    functions = list(_functions(tree))
    nodes = list(ast_nodes(get_ast(source)))
    for kind in (*OPERATORS, DROPPED):
        operator = _operator(kind)
        positions = (
            each for node in nodes for each in operator.mutation_positions(node)
        )
        for occurrence, (start, _) in enumerate(positions):
            if any(
                low <= start < high and (of is None or of == kind)
                for low, high, of in left_out
            ):
                continue
            inner = [each for each in functions if each[0] <= start < each[1]]
            if inner:
                _, _, function = inner[-1]
                lines = _statement(tree, start)
                yield Mutant(name, kind, occurrence, start[0], function, lines)


Place = tuple[int, int]


def _span(node: ast.AST) -> tuple[Place, Place]:
    assert isinstance(node, ast.expr | ast.stmt)
    first = (node.lineno, node.col_offset)
    return first, (node.end_lineno or 0, node.end_col_offset or 0)


def _statement(tree: ast.AST, place: Place) -> tuple[int, int]:
    """Return the lines of a statement without its block; of a function, its block."""
    found = next(
        node
        for node in reversed(list(ast.walk(tree)))
        if isinstance(node, ast.stmt) and _span(node)[0] <= place < _span(node)[1]
    )
    last = found.end_lineno or found.lineno
    block = getattr(found, "body", None)
    if block is None:
        return found.lineno, last
    if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
        return block[0].lineno, last
    return found.lineno, max(found.lineno, block[0].lineno - 1)


def _functions(tree: ast.AST, within: str = "") -> Iterator[tuple[Place, Place, str]]:
    """Give where functions stand, and their names, an inner one behind its outer one.

    What stands in none is no mutant: types, tables and sizes that make it fast.
    """
    for node in ast.iter_child_nodes(tree):
        name = within
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{within}.{node.name}".lstrip(".")
            if not isinstance(node, ast.ClassDef):
                yield (*_span(node), name)
        yield from _functions(node, name)


def _not_asked(tree: ast.AST) -> Iterator[tuple[Place, Place, str | None]]:
    """Give what tests need not notice, each kind with its reason.

    That is where it begins and ends, and the operator, or `None` for all.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            # Only type checkers read annotations and overloads.
            if node.returns:
                yield (*_span(node.returns), None)
            if any("overload" in ast.dump(each) for each in node.decorator_list):
                yield (*_span(node), None)
            for each in node.decorator_list:
                yield (*_span(each), None)
            # What is shown to people may be worded in any way.
            if node.name == "__repr__":
                yield (*_span(node), None)
            # Without its last `return False`, a function returns `None`: as untrue.
            last = node.body[-1]
            if isinstance(last, ast.Return) and (
                last.value is None or ast.unparse(last.value) in ("None", "False")
            ):
                yield (*_span(last), DROPPED)
        elif isinstance(node, ast.arg | ast.AnnAssign):
            if node.annotation:
                yield (*_span(node.annotation), None)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            yield (*_span(node), None)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "zip":
            # `strict` says what always holds.
            for keyword in node.keywords:
                yield (*_span(keyword.value), None)
        elif isinstance(node, ast.Assert):
            # So does an assertion, most often to type checkers.
            yield (*_span(node), None)
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            # The words of an error. Its statement is dropped all the same.
            for argument in node.exc.args:
                for kind in OPERATORS:
                    yield (*_span(argument), kind)
        elif isinstance(node, ast.Expr) and ast.unparse(node).startswith("logger."):
            # Records of a log.
            yield (*_span(node), None)
        elif isinstance(node, ast.Expr) and ast.unparse(node).startswith(
            "capabilities."
        ):
            # What an older libpq lacks: the tests have a new one.
            yield (*_span(node), None)


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
