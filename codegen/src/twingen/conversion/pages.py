"""Pages: their examples are converted, each shown alone, in tabs, or below its source.

A page of a source folder has a twin, in which every example is in its sync form or,
with `tabs`, in both. Other pages hold both themselves: `<!-- twingen: twin -->` stands
where the twin of the example before it is written.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..diagnostics.diagnostic import ConversionError, Diagnostic
from ..documents.examples import ASYNC_ONLY, END, KEEP, TWIN, Example, Mark, find
from ..syntax.prose_rewriting import without_async
from ..syntax.source import Source, digest_of_text
from .convert import ExampleTwins, Settings

_MARKS = {"md": "<!-- twingen: {} -->", "rst": ".. twingen: {}"}
_TABS = {"md": '=== "{}"', "rst": ".. tab-item:: {}"}
_STEP = "    "


@dataclass(frozen=True)
class PageTwin:
    """The lines of a page, each with the line of the source that it is from."""

    lines: Sequence[tuple[str, int]]
    runtime: frozenset[str]

    @property
    def text(self) -> str:
        return "\n".join(line for line, _ in self.lines)


def convert_page(source: Source, settings: Settings) -> PageTwin:
    """Return what a page of a source folder, or one with twins in it, must hold.

    Raises :class:`ConversionError` with the refusals of all examples.
    """
    page = _Page(source, settings)
    assert source.page is not None
    if source.page.in_place:
        page.fill()
    else:
        page.convert()
    if problems := [*page.twins.refusals, *page.problems]:
        raise ConversionError(sorted(problems))
    return PageTwin(page.made, page.twins.runtime)


def state(text: str, markup: str) -> str:
    """Return how the twins in a page differ from what they were when written.

    Edited, orphan and missing go before stale, which nothing in the page shows.
    """
    lines = text.split("\n")
    found = set()
    for place in _places(lines, markup):
        if isinstance(place, Mark):
            continue
        if place.end is None:
            found.add("missing")
        elif _digest(lines[place.start.line + 1 : place.end.line]) != place.end.rest:
            found.add("edited by hand")
        elif place.example is None:
            found.add("orphan")
    return next(
        (s for s in ("edited by hand", "orphan", "missing") if s in found), "stale"
    )


def has_twins(text: str, markup: str) -> bool:
    """Return whether any twin belongs into a page."""
    found = find(text.split("\n"), markup)
    return any(isinstance(each, Mark) and each.word == TWIN for each in found)


@dataclass(frozen=True)
class _Place:
    """Where a twin belongs: its marks, and the example that it is the twin of."""

    start: Mark
    end: Mark | None
    example: Example | None
    earlier: tuple[Example, ...] = ()


def _places(lines: Sequence[str], markup: str) -> Iterator[_Place | Mark]:
    """Yield where twins belong; a mark by itself is one that means nothing there."""
    found = find(lines, markup)
    marks = [each for each in found if isinstance(each, Mark)]
    ends = {
        one.line: other
        for one, other in pairwise(marks)
        if (one.word, other.word) == (TWIN, END)
    }
    examples: list[Example] = []
    inside: Mark | None = None
    for each in found:
        if isinstance(each, Example):
            examples += [] if inside else [each]
        elif each is inside:
            inside = None
        elif each.word != TWIN or each.rest:
            yield each
        else:
            inside = ends.get(each.line)
            example = examples.pop() if examples else None
            yield _Place(each, inside, example, tuple(examples))
            examples.clear()


def _digest(lines: Sequence[str]) -> str:
    text = textwrap.dedent("\n".join(line.rstrip() for line in lines))
    return digest_of_text(text.strip("\n"))[:16]


class _Page:
    """One page under conversion; `made` grows from its first line to its last."""

    def __init__(self, source: Source, settings: Settings) -> None:
        assert source.page is not None
        self._source = source
        self._page = source.page
        self._lines = source.text.split("\n")
        self._renames = settings.libraries.renames
        strict = replace(settings, strict_examples=True)  # a page is all examples
        self.twins = ExampleTwins(source, strict, {})
        self.made: list[tuple[str, int]] = []
        self.problems: list[Diagnostic] = []
        self._done = 0

    # -- pages of source folders --------------------------------------------------

    def convert(self) -> None:
        """Make the twin of the page."""
        mark: Mark | None = None
        for each in find(self._lines, self._page.markup):
            if isinstance(each, Mark):
                if mark is not None or each.word not in (KEEP, ASYNC_ONLY) or each.rest:
                    self._refuse_mark(mark or each)
                self._prose(each.line)
                self._done = each.line + 1
                self._close_gap()
                mark = each
                continue
            self._prose(each.block_start)
            self._example(each, mark.word if mark else "")
            mark = None
        if mark is not None:
            self._refuse_mark(mark)
        self._prose(len(self._lines))

    def _example(self, example: Example, word: str) -> None:
        twin = None
        if not word:
            twin = self.twins.twin_of(self._lines, example, _place)
        if word == ASYNC_ONLY and not self._page.tabs:
            self._done = example.block_stop
            self._close_gap()
        elif twin is None:
            self._copy(example.block_stop)
        elif not self._page.tabs:
            self._prose(example.start)
            made = (f"{example.indent}{line}".rstrip() for line in twin)
            self._add(made, example.start)
            self._done = example.stop
            self._copy(example.block_stop)
        elif example.kind == "literal":
            message = "a literal block cannot be shown in tabs"
            instead = "write it below `.. code-block:: python`"
            self._refuse(example.block_start, message, instead)
        else:
            self._add(self._tabs(example, twin), example.start)
            self._done = example.block_stop

    def _tabs(self, example: Example, twin: list[str]) -> Iterator[str]:
        """Yield both forms of an example below each other, each in a tab."""
        markup = self._page.markup
        head = self._lines[example.block_start]
        begin = indent = head[: len(head) - len(head.lstrip())]
        if example.kind == "fence":  # perhaps in a quote, or first in a list item
            indent = example.indent
            begin = head[: len(indent)]
        blank = indent.rstrip()
        if self.made and self.made[-1][0].strip(" \t>"):
            yield blank
        if markup == "rst":
            yield f"{indent}.. tab-set::"
            yield ""
            begin = indent = indent + _STEP
        for name, code in (("Async", example.code(self._lines)), ("Sync", twin)):
            yield begin + _TABS[markup].format(name)
            yield blank
            yield from self._block(example, code, indent + _STEP)
            if name == "Async" or not self._is_blank(example.block_stop):
                yield blank
            begin = indent

    def _block(
        self, example: Example, code: Iterable[str], indent: str
    ) -> Iterator[str]:
        """Yield an example with other code and another indentation."""
        lines = [line.strip() for line in self._lines]
        if example.kind == "session":
            yield from (f"{indent}{line}".rstrip() for line in code)
        elif example.kind == "fence":
            first = self._lines[example.block_start][len(example.indent) :].strip()
            closed = example.stop < example.block_stop
            last = lines[example.stop].lstrip("> \t") if closed else "```"
            yield indent + first
            yield from (f"{indent}{line}".rstrip() for line in code)
            yield indent + last
        else:
            directive = example.kind == "directive"
            head = lines[example.block_start : example.start] if directive else []
            yield indent + (head[0] if head else ".. code-block:: python")
            yield from (f"{indent}{_STEP}{option}" for option in head[1:] if option)
            yield ""
            yield from (f"{indent}{_STEP}{line}".rstrip() for line in code)

    # -- pages that hold both forms ------------------------------------------------

    def fill(self) -> None:
        """Write each twin where the page has its place."""
        for place in _places(self._lines, self._page.markup):
            if isinstance(place, Mark):
                self._refuse_mark(place)
                continue
            start, end, example = place.start, place.end, place.example
            for each in place.earlier:
                self.twins.pass_over(self._lines, each)
            self._copy(start.line)
            self._done = (end or start).line + 1
            if example is not None:
                self._add(self._filled(start, example), example.start)
            elif end is None:
                self._refuse_mark(start)
            else:
                self._close_gap()
        self._copy(len(self._lines))

    def _filled(self, mark: Mark, example: Example) -> list[str]:
        twin = self.twins.twin_of(self._lines, example, _place)
        code = example.code(self._lines) if twin is None else twin
        blank = mark.indent.rstrip()
        block = [blank, *self._block(example, code, mark.indent), blank]
        comment = mark.indent + _MARKS[self._page.markup]
        end = f"{END} {_digest(block)}"
        return [comment.format(TWIN), *block, comment.format(end)]

    # -- lines -----------------------------------------------------------------

    def _add(self, lines: Iterable[str], origin: int) -> None:
        self.made += [(line, origin + 1) for line in lines]

    def _copy(self, stop: int) -> None:
        """Add the lines of the source up to one of them."""
        for number in range(self._done, stop):
            self.made.append((self._lines[number], number + 1))
        self._done = max(stop, self._done)

    def _prose(self, stop: int) -> None:
        """Add lines that are no code; where texts follow the renames, these do."""
        package = self._renames.texts_of(self._source.module) if self._renames else None
        first = len(self.made)
        self._copy(stop)
        if package is not None and self._renames is not None:
            for index, (line, origin) in enumerate(self.made[first:], first):
                text = without_async(self._renames.text(package, line))
                self.made[index] = text, origin

    def _close_gap(self) -> None:
        """Leave one blank line where something was taken out between two."""
        if self._is_blank(self._done) and not (self.made and self.made[-1][0].strip()):
            self._done += 1

    def _is_blank(self, line: int) -> bool:
        return line < len(self._lines) and not self._lines[line].strip()

    def _refuse_mark(self, mark: Mark) -> None:
        allowed = (TWIN,) if self._page.in_place else (KEEP, ASYNC_ONLY)
        known = " or ".join(f"`{word}`" for word in allowed)
        side = "below" if self._page.in_place else "above"
        message = f"the mark `{mark.word}` has no example here"
        self._refuse(mark.line, message, f"put {known} {side} an example")

    def _refuse(self, line: int, message: str, instead: str) -> None:
        excerpt = self._lines[line]
        column = len(excerpt) - len(excerpt.lstrip()) + 1
        width = len(excerpt.strip())
        self.problems.append(
            Diagnostic(
                self._source.path,
                line + 1,
                column,
                *("TW016", "example", message, instead),
                excerpt=excerpt,
                width=width,
            )
        )


def _place(line: int, column: int) -> tuple[int, int]:
    return line + 1, column + 1
