"""What a refusal proposes, as insertions that an editor can make.

Only what can be written down is offered: a row to fill in, or the marker that takes a
statement out of the twin.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from ...diagnostics.diagnostic import Diagnostic
from ...reports.work_list import rows_in
from ...syntax.source import ASYNC_ONLY, lines_of


@dataclass(frozen=True)
class Remedy:
    """A text to insert before a line, which counts from 1, or at the end of one.

    `at_end` says which; a line behind the last one is the end of the file.
    """

    title: str
    path: Path
    line: int
    text: str
    at_end: bool = False


def remedies(
    refusal: Diagnostic, path: Path, text: str, configuration: Path
) -> Iterator[Remedy]:
    """Yield what an editor can insert to settle a refusal of a source.

    `text` is what the source holds; `configuration` is the pyproject.toml.
    """
    for table, name in rows_in(refusal.help):
        if row := _row(configuration, table, name):
            yield row
    if ASYNC_ONLY in refusal.help and path.suffix == ".py":
        yield from _marker(refusal, path, text)


def _row(file: Path, table: str, name: str) -> Remedy | None:
    """Return the row to be filled in; `None` where TOML does not let it follow."""
    lines = lines_of(file.read_text(encoding="utf-8"))
    head = f'[tool.twingen.libraries."{table}"]'
    row = f'{name} = "..."\n'
    title = f"Add a row for {table}.{name} to {file.name}"
    stripped = [line.strip() for line in lines]
    if head in stripped:
        found = Remedy(title, file, stripped.index(head) + 2, row)
    else:
        found = Remedy(title, file, len(lines) + 1, f"\n{head}\n{row}")
    whole = [*lines[: found.line - 1], found.text, *lines[found.line - 1 :]]
    try:
        tomllib.loads("\n".join(whole))
    except tomllib.TOMLDecodeError:
        return None
    return found


def _marker(refusal: Diagnostic, path: Path, text: str) -> Iterator[Remedy]:
    """Yield the marker for the statement that is refused, if it can have one."""
    try:
        first = _first_line(ast.parse(text), refusal.line)
        kinds: dict[int, set[int]] = {}
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            kinds.setdefault(token.start[0], set()).add(token.type)
    except (SyntaxError, tokenize.TokenError, ValueError, RecursionError):
        return
    line = lines_of(text)[first - 1] if first else ""
    if first is None or line.lstrip().startswith("elif"):
        return
    title = f"Leave this statement to the async side: `{ASYNC_ONLY}`"
    ends = tokenize.NEWLINE in kinds[first]  # what is in brackets goes on below
    if ends and tokenize.COMMENT not in kinds[first]:
        yield Remedy(title, path, first, f"  {ASYNC_ONLY}", at_end=True)
    else:
        indent = line[: len(line) - len(line.lstrip())]
        yield Remedy(title, path, first, f"{indent}{ASYNC_ONLY}\n")


def _first_line(tree: ast.Module, line: int) -> int | None:
    """Return where the innermost statement around a line begins."""
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return max((node.lineno for node in found), default=None)
