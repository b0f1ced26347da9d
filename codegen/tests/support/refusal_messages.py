"""Which texts twingen can refuse with, found in its own source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from support.refusing_rules import FOLDER

# What stands for a value in a message.
HOLE = "\0"


@dataclass(frozen=True)
class Message:
    """One text, with holes for values, and where it stands."""

    path: Path
    line: int
    text: str

    @property
    def pattern(self) -> str:
        return ".*".join(map(re.escape, self.text.split(HOLE)))

    def __str__(self) -> str:
        where = self.path.relative_to(FOLDER).as_posix()
        return f"{where}:{self.line}: {self.text.replace(HOLE, '{}')}"


# Which argument of what is called says why something is refused.
_SAID = {"Refused": 0, "_of_all": 3, "_of_libcst": 2, "_refuse": 1}


def messages() -> list[Message]:
    """Return every text that something is refused with, but those of tables."""
    found = []
    for path in sorted(FOLDER.rglob("*.py")):
        if "runtime" not in path.relative_to(FOLDER).parts:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += [
                Message(path, line, text)
                for line, text in _texts(tree)
                if " " in text.strip(f"{HOLE} :")  # others are names
            ]
    return found


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    assigned: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).append(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            number = _SAID.get(called, len(node.args))
            for argument in node.args[number : number + 1]:
                name = argument.id if isinstance(argument, ast.Name) else ""
                for value in assigned.get(name, [argument]):
                    yield from ((node.lineno, text) for text in _values(value))


def _values(node: ast.expr) -> Iterator[str]:
    """Yield what an expression may be; whatever is computed is a hole."""
    if isinstance(node, ast.IfExp):
        yield from _values(node.body)
        yield from _values(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else HOLE
            for part in node.values
        )
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for left in _values(node.left):
            yield from (left + right for right in _values(node.right))
    else:
        yield HOLE
