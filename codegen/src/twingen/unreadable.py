"""Says why a source cannot be read: it is not Python, or libcst falls short.

What the pinned libcst cannot read, though Python can, has a code of its own and
is told by its spelling, so that every Python that runs twingen says the same.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

import libcst as cst

# Where libcst stops: `Syntax Error @ 1:1.\nparser error: error at 2:20: ...`
_PLACE = re.compile(r"error at (\d+):(\d+)")
_TARGET = re.compile(r"\s*(\([\w.\s\[\]'\"()-]*\))\s*:[^=]")
_PREFIX = re.compile(r"(?<![\w'\"])[tT][rR](?=['\"])")
_TEMPLATE = re.compile(r"(?<!\w)([tT][rR]?|[rR][tT])['\"]")


@dataclass(frozen=True)
class Unreadable:
    """Why and where a source cannot be read."""

    line: int
    column: int
    code: str
    rule: str
    message: str
    help: str


def reason(text: str, error: Exception) -> Unreadable:
    """Return why libcst could not read a source, from what it raised."""
    place = _PLACE.search(str(error))
    line, column = (int(place[1]), int(place[2])) if place else (1, 1)
    lines = text.splitlines()
    stopped = lines[line - 1] if 0 < line <= len(lines) else ""
    target = _TARGET.match(stopped)
    if target and isinstance(error, cst.ParserSyntaxError) and _is_target(target[1]):
        return _of_libcst(
            line,
            target.start(1) + 1,
            "an annotated target in parentheses",
            "take the parentheses away: `x: int` for `(x): int`",
        )
    prefix = _PREFIX.search(stopped)
    if prefix:
        return _of_libcst(
            line,
            prefix.start() + 1,
            f"a template string with the prefix {prefix[0]}",
            "write the prefix as rt",
        )
    if isinstance(error, cst.CSTLogicError):
        for number, each in enumerate(lines, 1):
            template = _TEMPLATE.search(each.partition("#")[0])
            if template:
                return _of_libcst(
                    number,
                    template.start() + 1,
                    "template strings that are joined by standing side by side",
                    "join them with +",
                )
    try:
        ast.parse(text)
    except SyntaxError as precise:  # libcst tells where it gave up, often too late
        return _broken(precise.lineno or 1, max(precise.offset or 1, 1), precise.msg)
    except ValueError as null_bytes:
        return _broken(line, column, str(null_bytes))
    return _of_libcst(line, column, "what stands here", "write it in another way")


def _is_target(text: str) -> bool:
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        return False
    return isinstance(node, (ast.Name, ast.Attribute, ast.Subscript))


def _of_libcst(line: int, column: int, what: str, instead: str) -> Unreadable:
    return Unreadable(
        line,
        column,
        "TW009",
        "unreadable",
        f"the libcst that twingen pins cannot read {what}, though Python can",
        instead,
    )


def _broken(line: int, column: int, why: str) -> Unreadable:
    return Unreadable(
        line,
        column,
        "TW001",
        "syntax",
        f"the source does not parse: {why}",
        "mend the syntax; nothing is written before every source parses",
    )
