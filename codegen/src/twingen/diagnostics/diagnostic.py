"""What twingen says to the author of the async source.

Every message names the place, the code, the rule and the remedy; nothing that
raises one of these errors has written a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One refusal, with the place in the source that caused it.

    `line` counts from 1 and `column` from 1, as editors do; `width` is how many
    columns the caret line underlines.
    """

    path: str
    line: int
    column: int
    code: str
    rule: str
    message: str
    help: str = ""
    excerpt: str = ""
    width: int = 1

    def __str__(self) -> str:
        head = f"{self.path}:{self.line}:{self.column}: {self.code} {self.rule}"
        lines = [f"{head}: {self.message}"]
        if self.excerpt:
            lines.append(f"    {self.excerpt.rstrip()}")
            # A tab stays one, to be as wide as it is above.
            before = re.sub(r"[^\t]", " ", self.excerpt[: self.column - 1])
            space = before.ljust(self.column - 1)
            lines.append(f"    {space}{'^' * max(self.width, 1)}")
        if self.help:
            lines.append(f"  help: {self.help}")
        return "\n".join(lines)


class ConversionError(Exception):
    """A source has no faithful twin; `diagnostics` says where and why."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = tuple(diagnostics)


class ConfigurationError(Exception):
    """The configuration cannot be used; the message names the key and the remedy."""
