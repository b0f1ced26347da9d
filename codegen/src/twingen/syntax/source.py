"""A source as it comes and as it goes: its text, its names, the text of its twin."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

MARK = "# twingen:"
ASYNC_ONLY = "# twingen: async-only"
SYNC_ONLY = "# twingen: sync-only"
VERBATIM = "# twingen: verbatim"


@dataclass(frozen=True)
class Page:
    """How a page is to be converted, `md` or `rst` by its `markup`.

    One that is `in_place` holds its twins itself; the twin of another shows, with
    `tabs`, every example in both forms.
    """

    markup: str
    tabs: bool = False
    in_place: bool = False


@dataclass(frozen=True)
class Source:
    """One async module: its text and what it is called on both sides.

    `path` is what messages call it; `module` and `twin` are dotted import names. A
    `page` holds such modules as examples.
    """

    text: str
    path: str = "<source>"
    module: str = "__main__"
    twin: str = "__main__"
    is_package: bool = False
    page: Page | None = None

    @cached_property
    def digest(self) -> str:
        """What distinguishes this source from any other."""
        # The text is last: nothing else can hold what stands between.
        names = f"{self.path}\0{self.module}\0{self.twin}\0"
        return digest_of_text(f"{names}{self.is_package}{self.page}\0{self.text}")


MARKUPS = {".md": "md", ".markdown": "md", ".rst": "rst"}
_NO_TWIN = (ASYNC_ONLY, "<!-- twingen: async-only -->", ".. twingen: async-only")


def has_no_twin(text: str) -> bool:
    """Return whether the marker that a source begins with takes it out of the twins."""
    return text.lstrip("\ufeff").startswith(_NO_TWIN)


def lines_of(text: str) -> list[str]:
    """Return the lines of a text as Python and editors count them.

    `str.splitlines()` also ends one at a form feed and at rarer separators.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def digest_of_text(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
