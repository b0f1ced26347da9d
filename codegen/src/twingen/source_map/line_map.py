"""Which line of a source each line of its twin was made from.

The statements of the twin are those of the trace, in the same order, because
laying out adds and drops none; a twin for which that does not hold is an error.
Within a statement that both sides spread over as many lines, lines match one by
one; otherwise a line is known by its statement.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from ..analysis.symbols.names import Names
from ..conversion.trace import Trace, line_end, parts_of
from ..rules.rule import Rule


@dataclass(frozen=True)
class Span:
    """The lines of one part of a twin, and of what it was made from.

    Lines count from 1. Of compound statements the span ends with the colon.
    The lines of a source are 0 where the conversion added the part.
    """

    start: int
    stop: int
    source_start: int
    source_stop: int

    def source_line(self, line: int) -> int:
        """Return the line of the source for a line of the twin."""
        if self.line_by_line:
            return self.source_start + line - self.start
        return self.source_start

    @property
    def line_by_line(self) -> bool:
        """Return whether both sides spread over as many lines."""
        return self.stop - self.start == self.source_stop - self.source_start


class Places:
    """The lines of one twin and of its source; `twin` is without its header."""

    def __init__(self, names: Names, trace: Trace, twin: str) -> None:
        self._names = names
        self._trace = trace
        self.spans = sorted(_spans(names, trace, twin), key=lambda span: span.start)

    def span(self, line: int) -> Span | None:
        """Return the part that a line belongs to; comments belong to what follows."""
        for span in self.spans:
            if line <= span.stop:
                return span
        return self.spans[-1] if self.spans else None

    def source_line(self, line: int) -> int | None:
        """Return the line of the source, or `None` for what was added."""
        span = self.span(line)
        if span is None or not span.source_start:
            return None
        inside = span.start <= line <= span.stop
        return span.source_line(line) if inside else span.source_start

    def twin_lines(self, source_line: int) -> list[int]:
        """Return the lines of the twin that a line of the source became."""
        return [
            line
            for span in self.spans
            if span.source_start <= source_line <= span.source_stop
            for line in range(span.start, span.stop + 1)
            if not span.line_by_line or span.source_line(line) == source_line
        ]

    def rules(self, source_line: int) -> list[Rule]:
        """Return the rules that changed a line of the source, by their codes."""
        found = {
            rule.code: rule
            for rule, node in self._trace.claims
            if (place := self._names.place(node)) and place.start.line == source_line
        }
        return [found[code] for code in sorted(found)]


class PageLines:
    """The lines of a page's twin, by the line that each was made from."""

    def __init__(self, origins: Sequence[int]) -> None:
        self._origins = origins

    def source_line(self, line: int) -> int | None:
        """Return the line of the source, or `None` below the end."""
        return self._origins[line - 1] if line <= len(self._origins) else None

    def twin_lines(self, source_line: int) -> list[int]:
        """Return the lines of the twin that a line of the source became."""
        return [n for n, made in enumerate(self._origins, 1) if made == source_line]

    def rules(self, source_line: int) -> list[Rule]:
        """Return nothing: the rules of an example are not recorded."""
        return []


def _spans(names: Names, trace: Trace, twin: str) -> Iterator[Span]:
    wrapper = MetadataWrapper(cst.parse_module(twin), unsafe_skip_copy=True)
    positions = wrapper.resolve(PositionProvider)
    laid_out = parts_of(wrapper.module)
    for node, part in zip(laid_out, trace.parts(), strict=True):
        if type(node) is not type(part.node):
            raise AssertionError(f"{part.node} was laid out as {node}")
        source = (0, 0) if part.origin is None else _lines(part.origin, names.place)
        yield Span(*_lines(node, positions.get), *source)


def _lines(
    node: cst.CSTNode, place_of: Callable[[cst.CSTNode], CodeRange | None]
) -> tuple[int, int]:
    """Return the first and the last line of a part, up to the colon if it has one."""
    place = place_of(node)
    assert place is not None
    end = line_end(node)
    last = place_of(end) if end is not None else None
    return place.start.line, last.start.line if last else place.end.line


def edited_lines(
    found: Sequence[str], expected: Sequence[str]
) -> list[tuple[range, range]]:
    """Return which lines differ, found and expected, both counted from 1."""
    matcher = difflib.SequenceMatcher(None, found, expected, autojunk=False)
    return [
        (range(i1 + 1, i2 + 1), range(j1 + 1, j2 + 1))
        for what, i1, i2, j1, j2 in matcher.get_opcodes()
        if what != "equal"
    ]


def expected_line(line: int, found: Sequence[str], expected: Sequence[str]) -> int:
    """Return where a line of an edited file stands in what it should be."""
    shift = 0
    for differs, should_be in edited_lines(found, expected):
        if line < differs.start:
            break
        if line < differs.stop:
            offset = min(line - differs.start, max(len(should_be) - 1, 0))
            return max(should_be.start + offset, 1)
        shift = should_be.stop - differs.stop
    return max(line + shift, 1)
