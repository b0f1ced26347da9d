"""Turns the text of one async module into the text of its sync twin.

One parse, one traversal: every node is offered to the rules that look at its
type. No file is read or written here; see `project` for folders.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import libcst as cst
from libcst.metadata import CodePosition

from ..analysis.calls.event_loop_functions import ELSEWHERE
from ..analysis.definition_reader import define
from ..analysis.sides.async_names import AsyncNames
from ..analysis.sides.marker_aliases import with_markers
from ..analysis.sides.side_conditions import Asked
from ..analysis.sides.side_configuration import SideTable
from ..analysis.sides.side_trees import Side, of_twin
from ..analysis.symbols.definitions import Definitions
from ..analysis.symbols.external_classes import look_up
from ..analysis.symbols.library_tables import Libraries, Tasks, built_in_libraries
from ..analysis.types.overloads import without_repeated_overloads
from ..analysis.types.typed_names import TypedNames
from ..diagnostics.diagnostic import ConversionError, Diagnostic
from ..documents import interpreter_sessions as sessions
from ..documents.examples import Example, awaits, speaks_async
from ..formatting.formatter import Formatter, FormattingError
from ..imports.twin_imports import TwinImports
from ..rules import RULES
from ..rules.rule import Rule
from ..syntax.prose_rewriting import can_stand_in
from ..syntax.source import MARK, Source, lines_of
from ..syntax.traversal import code_of
from ..syntax.unreadable import is_too_deep
from . import verify
from .rewriting import Rewriter
from .source_problems import (
    formatting_problem,
    lost_output,
    null_character,
    residue,
    stays_as_it_is,
    syntax_problem,
    too_deep,
    unfit_example,
)
from .trace import Trace


def _black() -> Formatter:
    """Return the formatter of what has no configuration."""
    from ..formatting.black_formatter import BlackFormatter

    return BlackFormatter()


@dataclass
class Settings:
    """What the conversion of every module of a project shares.

    `tasks` are what tasks are in the twin; the tables must be for the same.
    """

    libraries: Libraries = field(default_factory=built_in_libraries)
    definitions: Definitions = field(default_factory=Definitions)
    runtime: str | None = "twin_runtime"
    formatter: Formatter = field(default_factory=_black)
    rules: tuple[Rule, ...] = RULES
    tasks: Tasks = "threads"
    strict_examples: bool = False


@dataclass(frozen=True)
class Twin:
    """The text of a twin, and the parts of the runtime that it imports.

    `changed` says whether anything except the layout differs from the source,
    `warnings` what the author should know all the same.
    """

    text: str
    runtime_modules: frozenset[str]
    changed: bool = True
    warnings: tuple[Diagnostic, ...] = ()


# What an interpreter says in the example of a session that must not parse.
_BROKEN_ON_PURPOSE = re.compile(r"\s*(Syntax|Indentation|Tab)Error\b")
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
    look_up(settings.definitions, {})
    return convert_parsed(source, names, settings)


def parse(source: Source, definitions: Definitions) -> TypedNames:
    """Parse one source; the answers about its names come back with the tree.

    Raises :class:`ConversionError` when the text does not parse.
    """
    if "\0" in source.text:
        raise ConversionError([null_character(source)])
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
    except (UnicodeEncodeError, NotImplementedError) as error:
        # The latter says that `nonlocal` stands outside of any function.
        raise ConversionError([syntax_problem(source, error)]) from None
    except RecursionError:
        raise ConversionError([too_deep(source)]) from None


def _side(tree: cst.Module, source: Source, definitions: Definitions) -> Side:
    """Return what the twin sees of a source."""
    table = SideTable(definitions.side)
    if table and table.is_spelled_in(source.text):
        used = definitions.sides_used
        marked = with_markers(tree, table, used)
        own = AsyncNames(table.rows, source.module, source.is_package, used)
        named = own.found(marked) if own else set()
        names = _names(Side(marked, marked), source, definitions)
        return of_twin(marked, Asked(table, names.qualified, used), named)
    return of_twin(tree) if MARK in source.text else Side(tree, tree)


def _names(side: Side, source: Source, definitions: Definitions) -> TypedNames:
    return TypedNames(
        side,
        module=source.module,
        twin=source.twin,
        is_package=source.is_package,
        definitions=definitions,
    )


def convert_parsed(
    source: Source, names: TypedNames, settings: Settings, trace: Trace | None = None
) -> Twin:
    """Return the twin of a parsed source; see :func:`convert`.

    With a trace, what is done is recorded in it.
    """
    imports = TwinImports(names, settings.runtime, settings.libraries)
    examples = ModuleExamples(source, names, settings)
    rewriter = Rewriter(
        source,
        names,
        imports,
        settings.libraries,
        settings.rules,
        examples,
        trace,
        settings.tasks,
    )
    try:
        with settings.libraries.remembering():
            converted = rewriter.converted()
        if refusals := [*rewriter.refusals, *examples.refusals]:
            raise ConversionError(sorted(refusals))
        converted, overloads = without_repeated_overloads(names, converted)
        settled = imports.settle(converted)
        if trace is not None:
            for each in overloads:
                trace.claim(_BY_NAME["transparent_annotation"], each, whole=True)
            for name, node in names.side.changes:
                trace.claim(_BY_NAME[name], node)
            trace.settled(settled)
        code = code_of(settled)
        text = settings.formatter.format(source.path, code)
        if trace is not None:
            text = trace.without_numbers(text)
        renames = settings.libraries.renames
        gone = settings.definitions.async_only_twins(
            renames.local if renames else lambda name, module: name
        )
        problems = list(residue(source, text, gone, settings.libraries.kept))
    except FormattingError as error:
        raise ConversionError([formatting_problem(source, error)]) from None
    except RecursionError:
        raise ConversionError([too_deep(source)]) from None
    if problems:
        raise ConversionError(problems)
    runtime = imports.runtime_modules | examples.runtime
    if settings.tasks == "turns" and settings.runtime is not None:
        runtime |= {ELSEWHERE[name] for name in names.words & set(ELSEWHERE)}
    warnings = tuple(sorted(set(examples.warnings)))
    return Twin(text, runtime, code != source.text, warnings)


_BY_NAME = {rule.name: rule for rule in RULES}

# Where a line of a text, from 0, and a column in it, from 0, stand in the file, from 1.
Place: TypeAlias = Callable[[int, int], tuple[int, int]]

# What examples find although they do not import it is imported, with this comment, for
# as long as they are converted.
_GIVEN = "# given, and not shown"
_UNREAD = {"TW001", "TW005", "TW009"}


class ExampleTwins:
    """Converts the examples of one text, one after the other.

    A name that an example does not bind is what `given` says, or what an earlier one
    of a page bound. Refusals are collected; where the settings are not strict, they
    are warnings, and the example stays as it is.
    """

    def __init__(
        self, source: Source, settings: Settings, given: Mapping[str, str]
    ) -> None:
        self._source = source
        self._settings = settings
        self._given = dict(given)
        # What they are imported as by each other; a page may be called anything.
        homes = ("", "") if source.page else (f"{source.module}.", f"{source.twin}.")
        self._module, self._twin = (f"{home}__examples__" for home in homes)
        self._earlier = Definitions()
        # The code of examples that stay, and that nobody has read yet.
        self._passed: list[str] = []
        self.runtime: frozenset[str] = frozenset()
        self.refusals: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []

    def twin_of(
        self,
        lines: Sequence[str],
        example: Example,
        place: Place,
        fits: Callable[[Sequence[str]], bool] = lambda _: True,
    ) -> list[str] | None:
        """Return the lines of an example in the twin, `None` if it stays as it is.

        What does not fit where the example stands is refused, too.
        """
        shown = example.code(lines)
        session = sessions.read(shown) if sessions.is_session(shown) else None
        code = "".join(f"{line}\n" for line in (session.code if session else shown))
        self._passed.append(code)
        renames = self._settings.libraries.renames
        if not speaks_async(code, renames.words() if renames else {}):
            return None
        if not (example.labelled or awaits(code)):
            return None
        self._passed.pop()
        width = len(example.indent) + (4 if session else 0)
        typed_in = session.lines if session else range(len(shown))

        def placed(problem: Diagnostic) -> Diagnostic:
            number = typed_in[min(max(problem.line, 1), len(typed_in)) - 1]
            where = place(example.start + number, width + problem.column - 1)
            return self._shown(problem, *where)

        formatter = self._settings.formatter.for_example(self._source, width)
        try:
            return self._written(code, session, formatter, fits, placed)
        except ConversionError as error:
            self._passed.append(code)  # later ones may use what it binds
            unread = any(each.code in _UNREAD for each in error.diagnostics)
            meant = session and any(map(_BROKEN_ON_PURPOSE.match, shown))
            if unread and (meant or not (example.labelled and awaits(code))):
                return None
            problems = list(map(placed, error.diagnostics))
            if self._settings.strict_examples:
                self.refusals += problems
                return None
            self.warnings += map(stays_as_it_is, problems)
            return shown

    def _written(
        self,
        code: str,
        session: sessions.Session | None,
        formatter: Formatter,
        fits: Callable[[Sequence[str]], bool],
        placed: Callable[[Diagnostic], Diagnostic],
    ) -> list[str] | None:
        """Return the lines of an example in the twin, `None` if nothing changes."""
        # Other quotes than its author's may end the string that it stands in.
        for each in (formatter, formatter.with_quotes_kept()):
            twin = self._converted(code, each)
            if twin is None:
                return None
            text = _without_given(twin.text)
            lines = (
                text.rstrip("\n").split("\n")
                if session is None
                else sessions.written(session, text)
            )
            if lines is None:
                raise ConversionError([lost_output(self._source)])
            if fits(lines):
                self.warnings += map(placed, twin.warnings)
                self.runtime |= twin.runtime_modules
                return lines
        raise ConversionError([unfit_example(self._source)])

    def pass_over(self, lines: Sequence[str], example: Example) -> None:
        """Take note of an example that stays: others may use what it binds."""
        shown = example.code(lines)
        code = sessions.read(shown).code if sessions.is_session(shown) else shown
        self._passed.append("".join(f"{line}\n" for line in code))

    def _shown(self, problem: Diagnostic, line: int, column: int) -> Diagnostic:
        """Return what is said of an example with its place in the file."""
        excerpt = lines_of(self._source.text)[line - 1]
        return replace(
            problem,
            path=self._source.path,
            line=line,
            column=column,
            excerpt=excerpt,
            width=max(min(problem.width, len(excerpt) - column + 1), 1),
        )

    def _converted(self, code: str, formatter: Formatter) -> Twin | None:
        """Return the twin of one example; `None` if nothing in it changes."""
        settings = self._settings
        for passed in self._passed:
            with suppress(ConversionError):
                self._learn(self._read(passed))
        self._passed.clear()
        prelude = "".join(f"{line}  {_GIVEN}\n" for line in self._prelude(code))
        try:
            source, names = self._read(prelude + code)
            found = Definitions()
            found.update(self._earlier)
            define(found, names)
            with settings.definitions.also(found):
                names.definitions = settings.definitions
                narrow = replace(settings, formatter=formatter)
                twin = convert_parsed(source, names, narrow)
        except ConversionError as error:
            raise ConversionError(
                list(_moved(error.diagnostics, prelude.count("\n")))
            ) from None
        self._learn((source, names))
        told = tuple(_moved(twin.warnings, prelude.count("\n")))
        return replace(twin, warnings=told) if twin.changed else None

    def _read(self, code: str) -> tuple[Source, TypedNames]:
        source = Source(code, self._source.path, self._module, self._twin)
        return source, parse(source, self._settings.definitions)

    def _learn(self, example: tuple[Source, TypedNames]) -> None:
        """Let later examples know what one binds."""
        _, names = example
        define(self._earlier, names)
        self._given.update(_bound(names))

    def _prelude(self, code: str) -> list[str]:
        """Return the imports of what an example uses and does not bind."""
        lines = []
        for name in sorted(verify.free_names_of(code)):
            qualified = self._given.get(name) or self._known(name)
            if qualified is not None:
                home, _, last = qualified.rpartition(".")
                alias = f" as {name}" if name != last else ""
                lines.append(
                    (f"from {home} " if home else "") + f"import {last}{alias}"
                )
        return lines

    def _known(self, name: str) -> str | None:
        """Return what a name stands for that nothing around an example binds."""
        settings = self._settings
        if settings.libraries.is_closed(name):
            return name
        known = settings.definitions
        found = [
            each
            for each in known.called(name)
            if each.rpartition(".")[0] in known.modules
        ]
        return found[0] if len(found) == 1 else None


class ModuleExamples(ExampleTwins):
    """Converts the examples in the docstrings of a module, which know its names."""

    def __init__(self, source: Source, names: TypedNames, settings: Settings) -> None:
        super().__init__(source, settings, {})
        self._names = names
        self._string: cst.SimpleString | None = None

    def twin_in(
        self, string: cst.SimpleString, lines: Sequence[str], example: Example
    ) -> list[str] | None:
        """Return what stands in the lines of an example, `None` if nothing changes."""
        if string is not self._string:
            self._string = string
            self._earlier = Definitions()
            self._given = _bound(self._names)

        def place(line: int, column: int) -> tuple[int, int]:
            where = self._names.place(string)
            first = where.start if where else CodePosition(1, 0)
            if line == 0:
                column += first.column + len(string.prefix) + len(string.quote)
            return first.line + line, column + 1

        def fits(shown: Sequence[str]) -> bool:
            text = "\n".join(_indented(shown, example.indent))
            return can_stand_in(string.quote, text, last=example.stop == len(lines))

        twin = self.twin_of(lines, example, place, fits)
        if twin is None or twin == example.code(lines):
            return None if twin is None else list(lines[example.start : example.stop])
        return _indented(twin, example.indent)


def _indented(lines: Sequence[str], indent: str) -> list[str]:
    return [f"{indent}{line}".rstrip() for line in lines]


def _bound(names: TypedNames) -> dict[str, str]:
    """Return what each name of a module stands for, where that is one thing."""
    return {
        name: next(iter(meanings))
        for name, meanings in names.bound().items()
        if len(meanings) == 1 and name.isidentifier()
    }


def _moved(problems: Sequence[Diagnostic], lines: int) -> Iterator[Diagnostic]:
    """Yield what is said of a text by the lines below those put above it."""
    return (replace(each, line=each.line - lines) for each in problems)


def _without_given(twin: str) -> str:
    """Return a twin without the imports of what is given."""
    module = cst.parse_module(twin)
    shown = [each for each in module.body if _GIVEN not in module.code_for_node(each)]
    return module.with_changes(body=shown).code.strip("\n") + "\n"
