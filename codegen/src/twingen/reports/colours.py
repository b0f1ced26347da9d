"""Colour for people, and nothing for machines: plain ANSI sequences.

`--color` decides; without it the environment (`NO_COLOR`, then `FORCE_COLOR`)
and then whether a terminal reads.
"""

from __future__ import annotations

import os
from typing import TextIO

_CODES = {"bold": "1", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


class Style:
    """Paints words, or leaves them as they are."""

    def __init__(self, *, coloured: bool) -> None:
        self._coloured = coloured

    def __call__(self, text: str, *colours: str) -> str:
        if not (self._coloured and text and colours):
            return text
        start = ";".join(_CODES[colour] for colour in colours)
        return f"\033[{start}m{text}\033[0m"


def style_for(stream: TextIO, when: str = "auto") -> Style:
    """Return how to paint what goes to a stream; `when` is auto, always or never."""
    if when != "auto":
        return Style(coloured=when == "always")
    if os.environ.get("NO_COLOR"):
        return Style(coloured=False)
    if os.environ.get("FORCE_COLOR"):
        return Style(coloured=True)
    return Style(coloured=stream.isatty() and os.environ.get("TERM") != "dumb")
