"""Which formatter a project has, and the layout of many twins at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..diagnostics.diagnostic import ConfigurationError
from ..formatting.formatter import Formatter, FormattingError, NoFormatter
from .config import Config
from .twin_headers import signature, signed, unsigned

if TYPE_CHECKING:
    from ..formatting.formatting_cache import Layouts


def formatter_of(config: Config, layouts: Layouts | None = None) -> Formatter:
    """Return what lays out the texts of a project, one by one.

    `layouts` are those of earlier builds of this process. Raises
    :class:`ConfigurationError` for options of black that cannot be used.
    """
    if config.ruff is not None:
        from ..formatting.ruff_formatter import RuffFormatter

        return RuffFormatter(config.ruff, config.twin_of)
    if config.formatter == "none":
        return NoFormatter()
    from ..formatting.black_formatter import BlackFormatter, mode_from

    return BlackFormatter(mode_from(config.black, config.requires_python), layouts)


def label_of(config: Config) -> str:
    """Return what a twin says of its formatter; nothing if twingen pins it."""
    return config.ruff.label if config.ruff is not None else ""


def laid_out(
    config: Config, texts: Mapping[Path, str], origins: Mapping[Path, str]
) -> Mapping[Path, str | FormattingError]:
    """Return the texts of modules as they are written, by the paths of the twins.

    They are as a conversion leaves them. ruff also sees what is written above them:
    the layout of the first statement depends on it. `origins` are what is named there.
    """
    if config.ruff is None or not texts:
        return texts
    label = label_of(config)
    whole = {
        path: signed(text, origins[path], formatter=label)
        for path, text in texts.items()
    }
    made = config.ruff.laid_out(whole)
    return {
        path: each if isinstance(each, FormattingError) else _text(path, each)
        for path, each in made.items()
    }


def _text(path: Path, content: bytes) -> str:
    """Return a twin without the lines above it, which its formatter has left there."""
    said = signature(content)
    if said is None:
        raise ConfigurationError(
            'tool.twingen.formatter = "ruff": ruff changes the first lines of '
            f"{path}; remove the setting that does this"
        )
    return unsigned(content, said).decode()
