"""Turns the text of one async module into the text of its sync twin.

One parse, one traversal: every node is offered to the rules that look at its
type. No file is read or written here; see `tree` for folders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import libcst as cst
from black.mode import Mode

from . import verify
from .defining import define
from .definitions import Definitions
from .diagnostic import ConversionError, Diagnostic
from .formatting import FormattingError, format_source
from .imports import Imports
from .layouts import Layouts
from .library import Libraries, built_in_libraries
from .names import Names
from .rule import Refused, Rule, Site
from .rules import RULES
from .sides import Side, of_twin
from .source import MARK, Source
from .trace import Trace
from .traversal import EVERYTHING, code_of, rewritten
from .unreadable import is_too_deep, reason


@dataclass
class Settings:
    """What the conversion of every module of a project shares."""

    libraries: Libraries = field(default_factory=built_in_libraries)
    definitions: Definitions = field(default_factory=Definitions)
    runtime: str | None = "twin_runtime"
    mode: Mode = field(default_factory=Mode)
    rules: tuple[Rule, ...] = RULES
    layouts: Layouts | None = None

    def format(self, path: str, text: str) -> str:
        """Return the text of a twin as the formatter lays it out."""
        if self.layouts is not None:
            return self.layouts.format(path, text, self.mode)
        return format_source(text, self.mode)


@dataclass(frozen=True)
class Twin:
    """The text of a twin, and the parts of the runtime that it imports."""

    text: str
    runtime_modules: frozenset[str]


_LIBCST_ERRORS = (cst.ParserSyntaxError, cst.CSTValidationError, cst.CSTLogicError)


def convert(
    text: str,
    *,
    settings: Settings | None = None,
    path: str = "<source>",
    module: str = "__main__",
    twin: str = "__main__",
) -> Twin:
    """Return the sync twin of one self-contained async module.

    `module` and `twin` are what the two are imported as, if they are.

    Raises :class:`ConversionError` when the text does not parse or holds what
    has no faithful twin; `diagnostics` then lists every place.
    """
    settings = settings or Settings()
    source = Source(text, path, module, twin)
    names = parse(source, settings.definitions)
    define(settings.definitions, names)
    return convert_parsed(source, names, settings)


def parse(source: Source, definitions: Definitions) -> Names:
    """Parse one source; the answers about its names come back with the tree.

    Raises :class:`ConversionError` when the text does not parse.
    """
    if is_too_deep(source.text):
        raise ConversionError([too_deep(source)])
    try:
        tree = cst.parse_module(source.text)
    except (*_LIBCST_ERRORS, UnicodeEncodeError) as error:  # a lone surrogate
        problem = syntax_problem(source, error)
        raise ConversionError([problem]) from None
    except RecursionError:
        raise ConversionError([too_deep(source)]) from None
    try:
        return _names(_side(tree, source, definitions), source, definitions)
    except UnicodeEncodeError as error:
        raise ConversionError([syntax_problem(source, error)]) from None
    except RecursionError:
        raise ConversionError([too_deep(source)]) from None


def _side(tree: cst.Module, source: Source, definitions: Definitions) -> Side:
    """Return what the twin sees of a source."""
    whole = Side(tree, tree)
    constant = definitions.constant
    if constant and constant.rpartition(".")[2] in source.text:
        names = _names(whole, source, definitions)

        def is_constant(node: cst.BaseExpression) -> bool:
            found = isinstance(node, (cst.Name, cst.Attribute))
            found = found and names.qualified(node) == constant
            definitions.constant_used |= found
            return found

        return of_twin(tree, is_constant)
    return of_twin(tree, lambda node: False) if MARK in source.text else whole


def _names(side: Side, source: Source, definitions: Definitions) -> Names:
    return Names(
        side,
        module=source.module,
        twin=source.twin,
        is_package=source.is_package,
        definitions=definitions,
    )


def syntax_problem(source: Source, error: Exception) -> Diagnostic:
    """Return what to say of a text that libcst does not read."""
    found = reason(source.text, error)
    excerpt = source.text.splitlines()[found.line - 1 : found.line]
    return Diagnostic(
        path=source.path,
        line=found.line,
        column=found.column,
        code=found.code,
        rule=found.rule,
        message=found.message,
        help=found.help,
        excerpt="".join(excerpt),
    )


def convert_parsed(
    source: Source, names: Names, settings: Settings, trace: Trace | None = None
) -> Twin:
    """Return the twin of a parsed source; see :func:`convert`.

    With a trace, what is done is recorded in it.
    """
    imports = Imports(names, settings.runtime, settings.libraries)
    rewriter = _Rewriter(source, names, imports, settings, trace)
    try:
        # Every statement is numbered in a trace, also where no rule looks.
        only = EVERYTHING if trace is not None else rewriter.to_visit()
        converted = rewritten(names.tree, rewriter, only)
        assert isinstance(converted, cst.Module)
        if rewriter.refusals:
            raise ConversionError(sorted(rewriter.refusals))
        settled = imports.settle(converted)
        if trace is not None:
            for name, node in names.side.changes:
                trace.claim(_BY_NAME[name], node)
            trace.settled(settled)
        text = settings.format(source.path, code_of(settled))
        if trace is not None:
            text = trace.without_numbers(text)
        problems = list(_residue(source, text, settings.definitions))
    except FormattingError as error:
        raise ConversionError([_formatting_problem(source, error)]) from None
    except RecursionError:
        raise ConversionError([too_deep(source)]) from None
    if problems:
        raise ConversionError(problems)
    return Twin(text, imports.runtime_modules)


def _formatting_problem(source: Source, error: FormattingError) -> Diagnostic:
    return Diagnostic(
        path=source.path,
        line=1,
        column=1,
        code="TW004",
        rule="formatting",
        message=f"the twin cannot be formatted: {error}",
        help="look at [tool.black] target-version, or rewrite what black cannot read",
    )


def too_deep(source: Source) -> Diagnostic:
    """Return what to say of a text that exhausts the stack."""
    return Diagnostic(
        path=source.path,
        line=1,
        column=1,
        code="TW005",
        rule="nesting",
        message="the source is nested too deeply to be read",
        help="split the longest expression into several statements",
    )


def _residue(
    source: Source, text: str, definitions: Definitions
) -> Iterator[Diagnostic]:
    lines = text.splitlines()
    for found in verify.residue(
        text,
        source=source.text,
        package=source.twin if source.is_package else source.twin.rpartition(".")[0],
        without_twin=definitions.async_only_twins(),
    ):
        line, column = _place_of(found.word, source.text)
        excerpt = source.text.splitlines()[line - 1 : line] if column else []
        yield Diagnostic(
            path=source.path,
            line=line,
            column=max(column, 1),
            code="TW002",
            rule="verify",
            message=f"{found.message} (its line {found.line}: "
            f"{lines[found.line - 1].strip()})",
            help="no rule covers this: rewrite it, mark it `# twingen: async-only`, or "
            "report it with the line above",
            excerpt="".join(excerpt),
            width=len(found.word),
        )


def _place_of(word: str, text: str) -> tuple[int, int]:
    """Return line and column of a word's last use; column 0 if it is not there."""
    pattern = re.compile(rf"\b{re.escape(word)}\b") if word else None
    for number, line in reversed(list(enumerate(text.splitlines(), 1))):
        code = line.partition("#")[0]
        match = pattern.search(code) if pattern else None
        if match is not None:
            return number, match.start() + 1
    return 1, 0


class _Rewriter(cst.CSTTransformer):
    """Offers every node to the rules; collects what they refuse."""

    def __init__(
        self,
        source: Source,
        names: Names,
        imports: Imports,
        settings: Settings,
        trace: Trace | None,
    ) -> None:
        super().__init__()
        self._rules = _by_type(settings.rules)
        self._trace = trace
        self.refusals: list[Diagnostic] = []
        self._source = source
        self._names = names
        self._imports = imports
        self._libraries = settings.libraries

    def to_visit(self) -> set[int]:
        """Return the ids of the nodes that the rules have to be offered."""
        of_names = self._rules.get(cst.Name, ())
        return self._names.to_visit(
            self._rules, every_name=any(r.plugin != "twingen" for r in of_names)
        )

    def on_visit(self, node: cst.CSTNode) -> bool:
        return True

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
        if self._trace is None:
            return self._rewritten(original_node, updated_node)
        return self._trace.number(
            original_node, self._rewritten(original_node, updated_node)
        )

    def _rewritten(
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
        rules = self._rules.get(type(original_node))
        if rules is None:
            return updated_node
        site = Site(
            original_node, updated_node, self._names, self._imports, self._libraries
        )
        claimed: Rule | None = None
        result: cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]
        result = updated_node
        for rule in rules:
            try:
                replacement = rule.apply(site)
                if self._imports.homeless is not None:
                    self._imports.check_runtime()
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

    def _refuse_both(self, one: Rule, other: Rule, node: cst.CSTNode) -> None:
        """Refuse what two rules claim; of twingen's own rules that is a defect."""
        if one.plugin == other.plugin == "twingen":
            raise AssertionError(f"{one.name} and {other.name} claim one node")
        claim = f"{one.name} of {one.plugin} and {other.name} of {other.plugin}"
        refused = Refused(
            f"two rules claim this: {claim}",
            "take one of the plug-ins out of `plugins`, or have its rule leave this",
        )
        self._refuse("TW008", "conflict", refused, node)

    def _refuse(
        self, code: str, name: str, refused: Refused, node: cst.CSTNode
    ) -> None:
        place = self._names.place(refused.node or node)
        line = place.start.line if place else 1
        column = place.start.column if place else 0
        lines = self._source.text.splitlines()
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
def _by_type(rules: tuple[Rule, ...]) -> dict[type[cst.CSTNode], list[Rule]]:
    table: dict[type[cst.CSTNode], list[Rule]] = {}
    for rule in rules:
        for node_type in rule.node_types:
            table.setdefault(node_type, []).append(rule)
    return table


_BY_NAME = {rule.name: rule for rule in RULES}
