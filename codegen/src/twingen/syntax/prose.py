"""Changes words in text that is not code, and in code that stands in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ASYNC = re.compile(r"\b(?:await|async)\s+(?=\S)")
_BACKQUOTED = re.compile(r"(`+)[^`]+\1")


def rename_words(text: str, words: Mapping[str, str]) -> str:
    """Return the text with every whole word of `words` replaced."""
    if not words:
        return text
    choices = "|".join(map(re.escape, sorted(words, reverse=True)))
    return re.sub(rf"\b(?:{choices})\b", lambda match: words[match.group()], text)


def without_async(line: str) -> str:
    """Return a line whose code in backquotes has no `await` and no `async`."""
    return _BACKQUOTED.sub(lambda match: _ASYNC.sub("", match.group()), line)
