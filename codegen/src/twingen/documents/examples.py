"""Where examples stand in pages and docstrings: fences, directives, literals, prompts.

What says that it is Python is an example; what says nothing (a fence without a
language, a literal block after `::`) is one if it awaits and Python can read it.
Lines count from 0 here.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

# The words that a mark can begin with.
KEEP, ASYNC_ONLY, TWIN, END = "keep", "async-only", "twin", "end"

_LANGUAGES = {"python", "python3", "py", "py3", "pycon"}
_ITEM = r"[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])"
_FENCE = re.compile(
    rf"(?P<indent>(?:[ \t>]|{_ITEM})*)(?P<fence>`{{3,}}|~{{3,}})(?P<info>[^`]*)$"
)
_LANGUAGE = re.compile(r"\s*\{?\s*\.?(?P<name>[\w+-]*)")
_DIRECTIVE = re.compile(
    r"(?P<indent>[ \t]*)\.\. (?:code-block|code|sourcecode)::"
    r"[ \t]*(?P<name>[\w+-]*)\s*$"
)
# A list item of reStructuredText, up to where its text begins.
_BULLET = re.compile(r"[ \t]*(?:[-*+•]|\(?(?:\d+|#|[A-Za-z])[.)])[ \t]+(?=\S)")
_PROMPT = re.compile(r"[ \t]*>>>( |$)")
_EXPLICIT = re.compile(r"[ \t]*\.\.( |$)")
_MARKS = {
    "md": re.compile(r"(?P<indent>[ \t>]*)<!--\s*twingen:\s*(?P<text>.*?)\s*-->\s*$"),
    "rst": re.compile(r"(?P<indent>[ \t]*)\.\. twingen:\s*(?P<text>.*?)\s*$"),
}


_SPEAKS = re.compile(r"async|await|anyio|aclos|__a(?:enter|exit|iter|next)", re.I)
_AWAITS = re.compile(r"\b(?:async|await)\b")
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Example:
    """The lines of one example: `start` to `stop` of code, with what frames it.

    `indent` stands before each line, with the marks of a block quote, but not of the
    list item that may begin with it; `kind` is `fence`, `directive`, `literal` or
    `session`. An example that is not `labelled` does not say that it is Python.
    """

    kind: str
    block_start: int
    start: int
    stop: int
    block_stop: int
    indent: str
    labelled: bool

    def code(self, lines: Sequence[str]) -> list[str]:
        """Return its lines without what stands before each of them."""
        width = len(self.indent)
        return [line[width:].rstrip() for line in lines[self.start : self.stop]]


@dataclass(frozen=True)
class Mark:
    """A comment of a page that speaks to twingen: `word` and what follows it."""

    line: int
    indent: str
    word: str
    rest: str


def find(lines: Sequence[str], markup: str) -> list[Example | Mark]:
    """Return examples and marks in order.

    `markup` is `md`, `rst` or, for docstrings, where both are found, `""`.
    """
    return list(_Scanner(lines, markup).found())


class _Scanner:
    def __init__(self, lines: Sequence[str], markup: str) -> None:
        self._lines = lines
        self._fences = markup != "rst"
        self._rst = markup != "md"
        self._marks = [_MARKS[markup]] if markup else list(_MARKS.values())

    def found(self) -> Iterator[Example | Mark]:
        line = 0
        while line < len(self._lines):
            for each in self._at(line):
                if isinstance(each, Mark) or each.kind:
                    yield each
                line = max(
                    line, each.line if isinstance(each, Mark) else each.block_stop - 1
                )
            line += 1

    def _at(self, line: int) -> Iterator[Example | Mark]:
        """Yield what begins at a line; with no kind, what must be skipped."""
        text = self._lines[line]
        for pattern in self._marks:
            if mark := pattern.match(text):
                word, _, rest = mark["text"].partition(" ")
                yield Mark(line, mark["indent"], word, rest.strip())
                return
        if self._fences and (fence := _FENCE.match(text)):
            yield self._fenced(line, fence)
        elif self._rst and (directive := _DIRECTIVE.match(text)):
            name = directive["name"]
            yield from self._indented(
                line, "directive" if not name or name in _LANGUAGES else "", bool(name)
            )
        elif self._rst and _PROMPT.match(text):
            stop = line
            while stop < len(self._lines) and self._lines[stop].strip():
                stop += 1
            yield Example("session", line, line, stop, stop, _indent(text), True)
        elif self._rst and text.rstrip().endswith("::") and not _EXPLICIT.match(text):
            yield from self._indented(line, "literal", False)

    def _fenced(self, line: int, opening: re.Match[str]) -> Example:
        indent, fence = opening["indent"], opening["fence"]
        indent = re.sub(_ITEM, lambda item: " " * len(item[0]), indent)
        quoted = indent.rstrip()
        closing = re.compile(rf"[ \t>]*{re.escape(fence[0])}{{{len(fence)},}}\s*$")
        stop, closed = line + 1, False
        while stop < len(self._lines):
            if not self._lines[stop].startswith(quoted):
                break  # a quote ends what it holds
            if closed := bool(closing.match(self._lines[stop])):
                break
            stop += 1
        match = _LANGUAGE.match(opening["info"])
        name = match["name"].lower() if match else ""
        kind = "fence" if name in _LANGUAGES or not opening["info"].strip() else ""
        inside = self._lines[line + 1 : stop]
        if quoted and any(t != quoted and not t.startswith(indent) for t in inside):
            kind = ""  # no telling where the lines of its code begin
        block_stop = stop + closed
        return Example(kind, line, line + 1, stop, block_stop, indent, bool(name))

    def _indented(self, line: int, kind: str, labelled: bool) -> Iterator[Example]:
        """Yield the block below a line, if there is one that is indented more."""
        outer = len(_indent(self._lines[line]))
        start = line + 1
        if kind != "literal":  # its options
            while start < len(self._lines) and re.match(
                r"[ \t]+:[\w-]+:", self._lines[start]
            ):
                start += 1
        while start < len(self._lines) and not self._lines[start].strip():
            start += 1
        if start < len(self._lines) and kind == "literal":
            bullet = _BULLET.match(self._lines[line])
            first = len(_indent(self._lines[start]))
            if bullet and bullet.end() < first:
                outer = bullet.end()  # what the item says next is not of the block
        stop = end = start
        while stop < len(self._lines):
            text = self._lines[stop]
            if text.strip():
                if len(_indent(text)) <= outer:
                    break
                end = stop + 1
            stop += 1
        if end > start:
            indent = min(
                (_indent(t) for t in self._lines[start:end] if t.strip()), key=len
            )
            yield Example(kind, line, start, end, end, indent, labelled)


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def speaks_async(code: str, words: Container[str]) -> bool:
    """Return whether anything in a code, or one of these words, may be asynchronous."""
    return bool(_SPEAKS.search(code)) or any(w in words for w in _WORD.findall(code))


def awaits(code: str) -> bool:
    """Return whether a code has a keyword that only asynchronous code has."""
    return bool(_AWAITS.search(code))
