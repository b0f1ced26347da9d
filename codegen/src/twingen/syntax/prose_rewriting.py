"""Changes words in text that is not code, and in code that stands in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_ASYNC = re.compile(r"\b(?:await|async)\s+(?=\S)")
_BACKQUOTED = re.compile(r"(`+)[^`]+\1")


def rename_words(
    text: str, words: Mapping[str, str], found: set[str] | None = None
) -> str:
    """Return the text with every whole word of `words` replaced.

    Those that stood there are added to `found`.
    """
    if not words:
        return text

    def twin(match: re.Match[str]) -> str:
        if found is not None:
            found.add(match.group())
        return words[match.group()]

    return _whole(tuple(words)).sub(twin, text)


@lru_cache(maxsize=8)
def _whole(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds one of these words, the longest of those that begin there."""
    choices = "|".join(map(re.escape, sorted(words, reverse=True)))
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)")


def can_stand_in(quote: str, text: str, *, last: bool) -> bool:
    """Return whether a text, perhaps the last of a literal, leaves that open.

    It does if it has these quotes only behind a backslash, and, between single ones,
    no line end.
    """
    one = r"\\[\s\S]|" + (r"[\s\S]" if len(quote) == 3 else r"[^\n]")
    inside = re.compile(rf"(?:(?!{quote})(?:{one}))*")
    found = inside.match(text + quote if last else text)
    return found is not None and found.end() == len(text)


def without_async(line: str) -> str:
    """Return a line whose code in backquotes has no `await` and no `async`."""
    return _BACKQUOTED.sub(lambda match: _ASYNC.sub("", match.group()), line)
