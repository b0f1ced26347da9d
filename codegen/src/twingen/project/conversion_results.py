"""What the conversion of one source gives: the text of its twin, and what it used."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..diagnostics.diagnostic import Diagnostic


@dataclass(frozen=True)
class Converted:
    """The text of a twin without its header, and what it took.

    `runtime` are the parts of the runtime that it imports, `used` what it used of
    what is :func:`.unused_settings.configured`; `notes` are what is to be said of it,
    though it has a twin.
    """

    text: str
    runtime: frozenset[str]
    used: Collection[str]
    notes: Sequence[Diagnostic] = ()
