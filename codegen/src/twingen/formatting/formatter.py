"""What lays out twins: black, ruff, or nothing.

Each formatter is in a module of its own, so that a project loads only the one that
it has chosen. Whichever it is, its version and the project's configuration alone
decide the layout.
"""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

from ..syntax.source import Source

FormatterName: TypeAlias = Literal["black", "ruff", "none"]
FORMATTERS: tuple[FormatterName, ...] = ("black", "ruff", "none")


class FormattingError(Exception):
    """The formatter cannot read a text.

    `line` is the line of the text where it stopped, as far as that is known.
    """

    def __init__(self, message: str, line: str = "") -> None:
        super().__init__(message)
        self.line = line.strip()


class Formatter(Protocol):
    """Lays out texts one by one; raises :class:`FormattingError`."""

    def format(self, path: str, text: str) -> str:
        """Return the text of a twin as far as it is laid out before all are known.

        `path` is that of its source.
        """
        ...

    def for_example(self, source: Source, columns: int) -> Formatter:
        """Return what lays out an example of a source, below so many columns."""
        ...

    def with_quotes_kept(self) -> Formatter:
        """Return the same formatter, which leaves the quotes of strings as they are."""
        ...


class NoFormatter:
    """Leaves every text as the conversion leaves it."""

    def format(self, path: str, text: str) -> str:
        return text

    def for_example(self, source: Source, columns: int) -> Formatter:
        return self

    def with_quotes_kept(self) -> Formatter:
        return self
