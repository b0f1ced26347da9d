"""Cuts out the statements of a module that a formatter has changed.

Each comes with what the layout of its first line depends on: the statement before
it and the header of its class. What is cut out can be laid out by itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Part:
    """A statement with the blank lines and comments above it, and what is before.

    `before` is nothing at the start of a module.
    """

    before: str
    text: str

    @property
    def joint(self) -> str:
        """The last line before the statement."""
        return "".join(self.before.splitlines(keepends=True)[-1:])


def changed_parts(before: str, after: str) -> list[Part] | None:
    """Return the statements of `after` that are not as they were in `before`.

    Returns `None` if they are too many to be worth it, or if the running Python
    cannot parse them.
    """
    old, new = _lines(before), _lines(after)
    if len(new) - sum(map(set(old).__contains__, new)) > _MANY * len(new):
        return None
    try:
        tree = ast.parse(after)
    except (SyntaxError, RecursionError):
        return None
    parts = list(_Cut(new, _changed_lines(old, new)).parts(tree.body))
    worth = sum(len(part.before) + len(part.text) for part in parts)
    return parts if worth <= _MOST * len(after) else None


def parts_of(text: str) -> list[Part]:
    """Return all statements of a text; raises `SyntaxError` if it has none to parse."""
    lines = _lines(text)
    return list(_Cut(lines, [True] * len(lines)).parts(ast.parse(text).body))


# From which share of changed lines, and of text to be read again, a whole text is
# read as fast.
_MANY = 0.2
_MOST = 0.8


def _lines(text: str) -> list[str]:
    """Return the lines as a parser counts them."""
    lines = [f"{line}\n" for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "\n" else lines


def _changed_lines(before: Sequence[str], after: Sequence[str]) -> list[bool]:
    """Return for each line whether it changed, or is where lines were removed."""
    changed = [False] * len(after)
    matcher = SequenceMatcher(None, before, after)
    for what, _, _, start, stop in matcher.get_opcodes():
        if what == "delete":
            start, stop = max(start - 1, 0), min(stop + 1, len(after))
        if what != "equal":
            changed[start:stop] = [True] * (stop - start)
    return changed


class _Cut:
    """The lines of one module, and which of them changed."""

    def __init__(self, lines: Sequence[str], changed: Sequence[bool]) -> None:
        self._lines = lines
        self._changed = changed

    def parts(self, body: Sequence[ast.stmt]) -> Iterator[Part]:
        """Yield the statements of a module that changed; of classes, the members."""
        start = 0
        for index, statement in enumerate(body):
            is_last = index + 1 == len(body)
            stop = len(self._lines) if is_last else _end(statement)
            if any(self._changed[start:stop]):
                before = self._ending(body[:index], 0, start)
                if isinstance(statement, ast.ClassDef):
                    yield from self._members(statement, before, start, stop)
                else:
                    yield Part(before, self._text(start, stop))
            start = stop

    def _members(
        self, owner: ast.ClassDef, before: str, start: int, stop: int
    ) -> Iterator[Part]:
        """Yield the header with the first member, and the others, that changed."""
        for index, member in enumerate(owner.body):
            end = stop if index + 1 == len(owner.body) else _end(member)
            if any(self._changed[start:end]):
                yield Part(before, self._text(start, end))
            start = end
            before = f"class {owner.name}:\n" + self._ending(
                owner.body[: index + 1], member.col_offset, end
            )

    def _ending(self, body: Sequence[ast.stmt], indent: int, stop: int) -> str:
        """Return the end of a body as far as the layout of what follows needs it."""
        if not body:
            return ""
        last = body[-1]
        text = self._text(_start(last), stop)
        if isinstance(last, ast.ClassDef):
            member = last.body[-1]
            header = f"{' ' * indent}class {last.name}:\n"
            inner = " " * member.col_offset + "pass\n"
            text = header + inner + self._text(_start(member), stop)
        # Only the first statement of a body can be its docstring.
        return text if len(body) == 1 else f"{' ' * indent}pass\n{text}"

    def _text(self, start: int, stop: int) -> str:
        return "".join(self._lines[start:stop])


def _start(statement: ast.stmt) -> int:
    """Return the index of the first line of a statement, decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)]) - 1


def _end(statement: ast.stmt) -> int:
    """Return the index of the line after a statement."""
    assert statement.end_lineno is not None
    return statement.end_lineno
