"""The one place that calls black.

It is pinned exactly in this distribution's metadata, and the mode depends
on the project's pyproject.toml alone: the same source gives the same bytes on
every Python and operating system.

black's `format_str` lays out what it has changed once more, because the commas that
it adds can change the layout. Here that second pass reads only the statements that
changed; where one of them is not final, the whole text is read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from black import _format_str_once
from black.const import DEFAULT_LINE_LENGTH
from black.files import infer_target_version
from black.mode import Mode, TargetVersion
from black.parsing import InvalidInput

from ..diagnostics.diagnostic import ConfigurationError
from ..syntax.source import Source
from .formatter import FormattingError
from .formatting_cache import Layouts
from .reformatted_statements import Part, changed_parts


def mode_from(table: Mapping[str, Any], requires_python: str | None = None) -> Mode:
    """Return black's mode for a parsed `[tool.black]` table.

    As for black itself, the target versions are those of `requires-python`
    unless the table names others. Raises :class:`ConfigurationError` for one
    that this black does not know. Options that choose files, not layout, are
    left to black.
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
    targets = {known[version] for version in versions}
    if not targets and requires_python:
        project = {"project": {"requires-python": requires_python}}
        targets = set(infer_target_version(project) or ())
    return Mode(
        target_versions=targets,
        line_length=length,
        string_normalization=not table.get("skip-string-normalization", False),
        magic_trailing_comma=not table.get("skip-magic-trailing-comma", False),
        preview=bool(table.get("preview", False)),
    )


@dataclass(frozen=True)
class BlackFormatter:
    """Lays out each text at once.

    `layouts` are those of earlier builds of this process.
    """

    mode: Mode = field(default_factory=Mode)
    layouts: Layouts | None = field(default=None, compare=False)

    def format(self, path: str, text: str) -> str:
        if self.layouts is not None:
            return self.layouts.format(path, text, self)
        return format_source(text, self.mode)

    def for_example(self, source: Source, columns: int) -> BlackFormatter:
        length = max(self.mode.line_length - columns, 1)
        return BlackFormatter(replace(self.mode, line_length=length))

    def with_quotes_kept(self) -> BlackFormatter:
        return BlackFormatter(replace(self.mode, string_normalization=False))

    def whole(self, text: str) -> str:
        """Return the layout of a text without a look at earlier ones."""
        return format_source(text, self.mode)

    def is_local(self, text: str) -> bool:
        """Return whether each statement is laid out by itself, below the one before."""
        return is_local(text, self.mode)


def format_source(text: str, mode: Mode) -> str:
    """Return the text as black lays it out.

    Raises :class:`FormattingError` for a text that black cannot read.
    """
    try:
        once = _format_str_once(text, mode=mode)
        if once == text or _is_final(text, once, mode):
            return once
        return _format_str_once(once, mode=mode)
    except InvalidInput as error:
        # Where it stopped, and that line; below stands a caret, and the parser's words.
        said = [line.strip() for line in str(error).splitlines()[:2]]
        raise FormattingError(" ".join(said), "".join(said[1:])) from None


def _is_final(text: str, once: str, mode: Mode) -> bool:
    """Return whether a second pass would leave what the first one changed."""
    if not is_local(once, mode):
        return False
    parts = changed_parts(text, once)
    return parts is not None and all(_is_kept(part, mode) for part in parts)


def is_local(text: str, mode: Mode) -> bool:
    """Return whether each statement is laid out by itself, below the one before it."""
    # Without target versions black finds them out from the whole text, and what
    # switches it off may stand anywhere.
    return bool(mode.target_versions) and not any(map(text.__contains__, _SWITCHES))


_SWITCHES = ("fmt:", "yapf:", "\f")


def _is_kept(part: Part, mode: Mode) -> bool:
    """Return whether black leaves a part as it is, below what stands before it."""
    laid_out = _format_str_once(part.before + part.text, mode=mode)
    return laid_out.endswith(part.joint + part.text)
