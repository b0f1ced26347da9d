"""Lets ruff lay out twins: all at the end, by one call, but each example at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from ..syntax.source import Source
from .formatter import FormattingError
from .ruff_command import Ruff

_QUOTES_KEPT = ("--config", 'format.quote-style = "preserve"')


@dataclass(frozen=True)
class RuffFormatter:
    """Leaves twins as they are until all are known; see `project.layout_of_twins`.

    `place` returns where the twin of a source is, by the path of the source.
    """

    ruff: Ruff
    place: Callable[[str], Path]

    def format(self, path: str, text: str) -> str:
        return text

    def for_example(self, source: Source, columns: int) -> RuffExamples:
        path = self.place(source.path)
        length = self.ruff.line_length(path)
        # In Markdown, ruff itself gives code the whole length, wherever it stands.
        if source.page is None or source.page.markup != "md":
            length = max(length - columns, 1)
        return RuffExamples(self.ruff, path.parent / "example.py", length)

    def with_quotes_kept(self) -> RuffFormatter:
        return self


@dataclass(frozen=True)
class RuffExamples:
    """Lays out examples of one source, each by a call of ruff."""

    ruff: Ruff
    path: Path
    length: int
    options: tuple[str, ...] = ()

    def format(self, path: str, text: str) -> str:
        return _laid_out(self, text)

    def for_example(self, source: Source, columns: int) -> RuffExamples:
        return replace(self, length=max(self.length - columns, 1))

    def with_quotes_kept(self) -> RuffExamples:
        return replace(self, options=_QUOTES_KEPT)


# The same example stands in many a place.
@lru_cache(maxsize=1024)
def _laid_out(examples: RuffExamples, text: str) -> str:
    options = ("--line-length", str(examples.length), *examples.options)
    content = {examples.path: text.encode()}
    laid_out = examples.ruff.laid_out(content, *options)[examples.path]
    if isinstance(laid_out, FormattingError):
        raise laid_out
    return laid_out.decode()
