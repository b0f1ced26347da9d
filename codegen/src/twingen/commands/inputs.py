"""What commands are given: a configuration, paths, files, standard input."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from ..diagnostics.diagnostic import ConfigurationError
from ..project.config import Config, find_root, load
from .console import Console


def configured(console: Console, root: Path) -> Config:
    """Read a configuration; the console learns where it is, and which plug-ins."""
    console.root = root
    config = load(root)
    console.plugins = config.plugins
    return config


def given(start: Path, path: Path) -> Path:
    """Return a path as it was given, from here or as messages name it."""
    if path.exists() or path.is_absolute():
        return path
    inside = find_root(start.resolve()) / path
    return inside if inside.exists() else path


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None


def standard_input() -> bytes:
    if isinstance(sys.stdin, io.TextIOWrapper):
        content: bytes = sys.stdin.buffer.read()
        return content
    return sys.stdin.read().encode()
