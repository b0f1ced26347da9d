"""Files: which there are, how they are read, and how one is replaced."""

from __future__ import annotations

import io
import os
import tempfile
import tokenize
from pathlib import Path


def display(root: Path, path: Path) -> str:
    """Return a path as messages show it: from the project's root, with slashes."""
    return (path.relative_to(root) if root in path.parents else path).as_posix()


def decode(content: bytes) -> str:
    """Return the text of a source, with plain line ends.

    Raises `SyntaxError` when it is not UTF-8 or declares another encoding.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    if encoding not in ("utf-8", "utf-8-sig"):
        raise SyntaxError(f"the source declares the encoding {encoding}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SyntaxError(f"the source is not UTF-8: byte {error.start}") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def files_below(folder: Path) -> list[Path]:
    """Return the files below a folder in a stable order, caches left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )


def replace(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old bytes or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
