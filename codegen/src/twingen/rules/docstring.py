"""Docstrings speak of the twin.

Names that the project renames are renamed wherever they stand as whole words.
In code (doctest lines, backquotes, literal blocks after `::`) `await` and
`async` go as well; prose is left as it was written.
"""

from __future__ import annotations

import re

import libcst as cst

from ..prose import rename_words
from ..rule import Site, rewrite
from ..string_places import is_docstring

_ASYNC = re.compile(r"\b(?:await|async)\s+(?=\S)")
_BACKQUOTED = re.compile(r"(`+)[^`]+\1")


@rewrite("TW208", cst.SimpleString)
def convert_docstring(site: Site[cst.SimpleString]) -> cst.SimpleString | None:
    if not is_docstring(site.names, site.old):
        return None
    renames = site.libraries.renames
    text = rename_words(site.old.value, renames.words() if renames else {})
    text = _without_async(text)
    return site.new.with_changes(value=text) if text != site.old.value else None


def _without_async(text: str) -> str:
    lines = []
    literal_indent: int | None = None
    for line in text.split("\n"):
        stripped = line.lstrip()
        indent = len(line) - len(stripped)
        if literal_indent is not None and stripped and indent <= literal_indent:
            literal_indent = None
        if stripped.startswith((">>>", "... ")) or literal_indent is not None:
            line = _ASYNC.sub("", line)
        else:
            line = _BACKQUOTED.sub(_code, line)
        if stripped.rstrip().endswith("::"):
            literal_indent = indent
        lines.append(line)
    return "\n".join(lines)


def _code(match: re.Match[str]) -> str:
    return _ASYNC.sub("", match.group())
