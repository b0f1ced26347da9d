"""Renames whole words in text that is not code."""

from __future__ import annotations

import re
from collections.abc import Mapping


def rename_words(text: str, words: Mapping[str, str]) -> str:
    """Return the text with every whole word of `words` replaced."""
    if not words:
        return text
    choices = "|".join(map(re.escape, sorted(words, reverse=True)))
    return re.sub(rf"\b(?:{choices})\b", lambda match: words[match.group()], text)
