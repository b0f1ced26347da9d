"""The one place that calls the formatter.

black is pinned exactly in this distribution's metadata, and the mode depends
on the project's `[tool.black]` alone: the same source gives the same bytes on
every Python and operating system.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from black import format_str
from black.const import DEFAULT_LINE_LENGTH
from black.mode import Mode, TargetVersion
from black.parsing import InvalidInput

from .diagnostic import ConfigurationError


def mode_from(table: Mapping[str, Any]) -> Mode:
    """Return black's mode for a parsed `[tool.black]` table.

    Raises :class:`ConfigurationError` for a target version that this black
    does not know. Options that choose files, not layout, are left to black.
    """
    known = {version.name.lower(): version for version in TargetVersion}
    versions = table.get("target-version", [])
    length = table.get("line-length", DEFAULT_LINE_LENGTH)
    if not isinstance(versions, list) or not isinstance(length, int):
        raise ConfigurationError(
            "tool.black: target-version must be a list and line-length a number"
        )
    unknown = [version for version in versions if version not in known]
    if unknown:
        raise ConfigurationError(
            f"tool.black: target-version {', '.join(unknown)} is not known to the "
            "black that twingen pins"
        )
    return Mode(
        target_versions={known[version] for version in versions},
        line_length=length,
        string_normalization=not table.get("skip-string-normalization", False),
        magic_trailing_comma=not table.get("skip-magic-trailing-comma", False),
        preview=bool(table.get("preview", False)),
    )


class FormattingError(Exception):
    """The formatter cannot read a text."""


def format_source(text: str, mode: Mode) -> str:
    """Return the text as black lays it out.

    Raises :class:`FormattingError` for a text that black cannot read.
    """
    try:
        return format_str(text, mode=mode)
    except InvalidInput as error:
        raise FormattingError(str(error)) from None
