"""Files: which there are, how they are read, and how one is replaced."""

from __future__ import annotations

import contextlib
import io
import os
import re
import stat
import time
import tokenize
from pathlib import Path

# What editors and file managers keep beside the files that are open: Emacs's locks,
# recovered texts and backups, Vim's swap files, the Finder's views.
_OF_EDITORS = re.compile(r"\.#.*|#.*#|.*~|\..*\.sw[a-z]|\.DS_Store")
# In the name of a file that is being written.
_UNFINISHED = ".twingen-"
# Seconds after which nobody is writing it any more.
_ABANDONED = 60.0


def display(root: Path, path: Path) -> str:
    """Return a path as messages show it: from the project's root, with slashes."""
    shown, folder = str(path), os.path.join(root, "")
    inside = shown.startswith(folder) and len(shown) > len(folder)
    return (shown[len(folder) :] if inside else shown).replace(os.sep, "/")


def in_repository(root: Path, path: str) -> str:
    """Return what a file of a project is called from the root of its repository.

    Where there is none, that is the project's own root. `path` is as messages show it.
    """
    if path.startswith("<"):  # what came from standard input, without a name
        return path
    folders = (root, *root.parents)
    top = next((each for each in folders if (each / ".git").exists()), root)
    return display(top, root / path)


def decode(content: bytes) -> str:
    """Return the text of a source, with plain line ends.

    Raises `SyntaxError` when it is not UTF-8 or declares another encoding.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _check_encoding(content)
        raise SyntaxError(f"the source is not UTF-8: byte {error.start}") from None
    if b"coding" in content or b"\0" in content:  # it may declare another one
        _check_encoding(content)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_encoding(content: bytes) -> None:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    if encoding not in ("utf-8", "utf-8-sig"):
        raise SyntaxError(f"the source declares the encoding {encoding}")


def files_below(folder: Path) -> list[Path]:
    """Return the files below a folder in a stable order.

    Left out are caches and what :func:`is_of_editors`.
    Links to folders are not followed. A link that leads nowhere is a file, so that
    reading it fails; what another build is about to write is none. Raises `OSError`
    for a folder that cannot be read.
    """
    found: list[str] = []
    waiting = [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name != "__pycache__":
                            waiting.append(entry.path)
                    elif _is_file(entry):
                        found.append(entry.path)
        except FileNotFoundError:
            pass  # it was never there, or was removed meanwhile
    # As paths are sorted, which takes longer.
    found.sort(key=lambda path: os.path.normcase(path).split(os.sep))
    return [*map(Path, found)]


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Return whether there is a file of a project, or a link to one or to nowhere."""
    if _is_unfinished(entry.name) or is_of_editors(entry.name):
        return False
    if not entry.is_symlink():
        return entry.is_file(follow_symlinks=False)
    return os.path.isfile(entry.path) or not os.path.exists(entry.path)


def is_of_editors(name: str) -> bool:
    """Recognize files that an editor keeps beside open files."""
    return _OF_EDITORS.fullmatch(name) is not None


def remove_unfinished(folder: Path) -> None:
    """Remove what builds were about to write when they were killed."""
    for top, _, names in os.walk(folder):
        for path in (Path(top, name) for name in names if _is_unfinished(name)):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _ABANDONED:
                    path.unlink()


def _is_unfinished(name: str) -> bool:
    return name.startswith(".") and _UNFINISHED in name


def is_executable(path: Path) -> bool:
    """Return whether its owner may run a file, where files say so."""
    try:
        return os.name == "posix" and bool(os.stat(path).st_mode & stat.S_IXUSR)
    except OSError:
        return False


def replace(path: Path, content: bytes, *, executable: bool = False) -> None:
    """Write a file so that a reader sees the old bytes or the new, never half.

    Raises `OSError` with the name of the file when that cannot be done.
    """
    import tempfile  # it takes long to load, and a check writes nothing

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        prefix = f".{path.name}{_UNFINISHED}"
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(name, (0o777 if executable else 0o666) & ~umask)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
