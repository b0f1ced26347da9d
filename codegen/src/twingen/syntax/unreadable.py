"""Says why a source cannot be read: it is not Python, or libcst falls short.

What the pinned libcst cannot read, though Python can, has a code of its own and
is recognized by its spelling, so that every Python gives the same result.
"""

from __future__ import annotations

import ast
import re
import symtable
import sys
import warnings
from dataclasses import dataclass

import libcst as cst

from .source import lines_of

# Where libcst stops: `Syntax Error @ 1:1.\nparser error: error at 2:20: ...`
_PLACE = re.compile(r"error at (\d+):(\d+)")
_TARGET = re.compile(r"\s*(\([\w.\s\[\]'\"()-]*\))\s*:[^=]")
_PREFIX = re.compile(r"(?<![\w'\"])[tT][rR](?=['\"])")
_TEMPLATE = re.compile(r"(?<!\w)([tT][rR]?|[rR][tT])['\"]")


# What code can be nested in, or hang on; fewer of them in a text do no harm.
_NESTING = ("(", "[", "{", ".", "+", "-", "*", "/", "%", "@", "&", "|", "^", "~", "<<",
            ">>", "<", ">", "not", "and", "or", "if", "lambda", "await", "yield", ":=",
            "for", "==", "!=", " in", " is")  # fmt: skip
_HARMLESS = 700
# Visitors of libcst reach no deeper within Python's usual recursion limit.
_DEEPEST = 500


@dataclass(frozen=True)
class Unreadable:
    """Why and where a source cannot be read."""

    line: int
    column: int
    code: str
    rule: str
    message: str
    help: str


def is_too_deep(text: str) -> bool:
    """Return whether a text is nested too deeply for the parsers.

    libcst's parser overflows its stack then, which ends the process. Python's own
    reports it, but its limit depends on its version and on the stack.
    """
    if sum(map(text.count, _NESTING)) < _HARMLESS:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if sys.version_info < (3, 11):  # there only the compiler counts
                compile(text, "<source>", "exec", dont_inherit=True)
            tree = ast.parse(text)
    except (MemoryError, RecursionError):
        return True
    except SyntaxError as error:
        return "too many nested" in error.msg
    except ValueError:  # null bytes
        return False
    return _is_deeper(tree, _DEEPEST)


def _is_deeper(tree: ast.Module, limit: int) -> bool:
    """Return whether a tree is deeper, without recursion."""
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        # Python reads `a and b and c` as a flat list, libcst as one within the other.
        depth += len(node.values) - 1 if isinstance(node, ast.BoolOp) else 1
        if depth > limit:
            return True
        waiting.extend(
            (child, depth)
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, ast.expr) or _may_be_deeper(child, limit - depth)
        )
    return False


def _may_be_deeper(node: ast.expr, limit: int) -> bool:
    """Return whether an expression is long enough: each level takes a character."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (
        node.end_lineno > node.lineno or node.end_col_offset - node.col_offset > limit
    )


def reason(text: str, error: Exception) -> Unreadable:
    """Return why libcst could not read a source, from what it raised."""
    place = _PLACE.search(str(error))
    line, column = (int(place[1]), int(place[2])) if place else (1, 1)
    lines = lines_of(text)
    stopped = lines[line - 1] if 0 < line <= len(lines) else ""
    target = _TARGET.match(stopped)
    if target and isinstance(error, cst.ParserSyntaxError) and _is_target(target[1]):
        return _of_libcst(
            line,
            target.start(1) + 1,
            "an annotated target in parentheses",
            "remove the parentheses: `x: int` for `(x): int`",
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
                    "adjacent template strings",
                    "join them with +",
                )
    try:
        ast.parse(text)
        symtable.symtable(text, "<source>", "exec")
    except SyntaxError as precise:  # libcst reports where it gave up, often too late
        return _broken(precise.lineno or 1, max(precise.offset or 1, 1), precise.msg)
    except ValueError as null_bytes:
        return _broken(line, column, str(null_bytes))
    if isinstance(error, UnicodeEncodeError):
        what = "an annotation in a string with a lone surrogate"
        return _of_libcst(line, column, what, "write the type without it")
    return _of_libcst(line, column, "this code", "write it in another way")


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
        "fix the syntax; nothing is written until every source parses",
    )
