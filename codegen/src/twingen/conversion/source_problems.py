"""What is said of a source, or of its twin, that no rule has looked at."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from ..diagnostics.diagnostic import Diagnostic
from ..formatting.formatter import FormattingError
from ..syntax.source import Source, lines_of
from ..syntax.unreadable import reason
from . import verify

# What is said of a text that nobody can read.
_UNREAD = {"TW001", "TW004", "TW005", "TW009"}


def syntax_problem(source: Source, error: Exception) -> Diagnostic:
    """Return what to say of a text that libcst does not read."""
    found = reason(source.text, error)
    excerpt = lines_of(source.text)[found.line - 1 : found.line]
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


def null_character(source: Source) -> Diagnostic:
    """Return what to say of a text with a NUL, which Python does not read."""
    before = source.text.partition("\0")[0]
    return Diagnostic(
        path=source.path,
        line=before.count("\n") + 1,
        column=len(before) - (before.rfind("\n") + 1) + 1,
        code="TW001",
        rule="syntax",
        message="the source does not parse: it contains a NUL character",
        help="write it as \\0 in a string, or remove it",
    )


def formatting_problem(source: Source, error: FormattingError) -> Diagnostic:
    """Return what to say of a twin that the formatter does not read."""
    found = _of_all(
        source,
        "TW004",
        "formatting",
        f"the twin cannot be formatted: {error}",
        "check the target version of [tool.black] or [tool.ruff], or rewrite what "
        "the formatter cannot read",
    )
    for number, line in enumerate(lines_of(source.text) if error.line else (), 1):
        if line.strip() == error.line:
            column = len(line) - len(line.lstrip()) + 1
            width = len(error.line)
            return replace(found, line=number, column=column, excerpt=line, width=width)
    return found


def too_deep(source: Source) -> Diagnostic:
    """Return what to say of a text that exhausts the stack."""
    return _of_all(
        source,
        "TW005",
        "nesting",
        "the source is nested too deeply to be read",
        "split the longest expression into several statements",
    )


def lost_output(source: Source) -> Diagnostic:
    """Return what to say of an example that prints what its twin does not."""
    return _of_all(
        source,
        "TW016",
        "example",
        "the twin has nothing that prints this output",
        "show it without the output, or mark the example `keep`",
    )


def with_one_of_runtime(
    found: Sequence[Diagnostic], line: int, excerpt: str, runtime: str
) -> list[Diagnostic]:
    """Return refusals with one for all sources whose twins lack the runtime.

    It shows where `runtime` is to be set: this line of `pyproject.toml`.
    """
    lacking = sorted({each.path for each in found if each.code == "TW018"})
    if not lacking:
        return list(found)
    more = len(lacking) - 1
    others = f" and {more} more" if more else ""
    said = Diagnostic(
        "pyproject.toml",
        line,
        1,
        "TW018",
        "runtime",
        f"the twins of {lacking[0]}{others} need twingen's runtime, and there is no "
        "place for it",
        f'set runtime = "{runtime}" here: what they need is copied to that module',
        excerpt,
        max(len(excerpt), 1),
    )
    return [said, *(each for each in found if each.code != "TW018")]


def unfit_example(source: Source) -> Diagnostic:
    """Return what to say of an example whose twin would end its docstring."""
    return _of_all(
        source,
        "TW016",
        "example",
        "the twin of this example has the quotes that end the docstring",
        "use other quotes in one of them",
    )


def stays_as_it_is(problem: Diagnostic) -> Diagnostic:
    """Return what is said of an example in a docstring as a warning."""
    remedy = "fix it" if problem.code in _UNREAD else problem.help
    return replace(
        problem,
        message=f"this example stays as it is: {problem.message}",
        help=f"{remedy}; or write `.. twingen: keep` above the example",
    )


def _of_all(
    source: Source, code: str, rule: str, message: str, instead: str
) -> Diagnostic:
    """Return what to say of a text as a whole."""
    return Diagnostic(source.path, 1, 1, code, rule, message, instead)


def residue(
    source: Source, text: str, without_twin: Collection[str], kept: Collection[str] = ()
) -> Iterator[Diagnostic]:
    """Yield what a second look at a twin finds; see `verify.residue`."""
    lines = lines_of(text)
    for found in verify.residue(
        text,
        source=source.text,
        package=source.twin if source.is_package else source.twin.rpartition(".")[0],
        without_twin=without_twin,
        kept=kept,
    ):
        line, column = _place_of(found.word, source.text)
        excerpt = lines_of(source.text)[line - 1 : line] if column else []
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
    for number, line in reversed(list(enumerate(lines_of(text), 1))):
        code = line.partition("#")[0]
        match = pattern.search(code) if pattern else None
        if match is not None:
            return number, match.start() + 1
    return 1, 0
