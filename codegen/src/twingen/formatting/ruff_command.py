"""The one place that calls ruff: it lays out texts as where they belong.

ruff looks for its configuration above each file, so the texts are written to a
temporary folder, below copies of the files that configure ruff where the texts
belong. Nothing is written to the project. What `exclude` says is not asked: ruff
leaves a file that it has laid out as it is.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from ..diagnostics.diagnostic import ConfigurationError
from .formatter import FormattingError

# What configures ruff in a folder; the first that is there counts.
NAMES = (".ruff.toml", "ruff.toml", "pyproject.toml")
_LINE_LENGTH = 88
_FAILED = re.compile(
    r"error: Failed to parse (?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<what>.*)"
)


@dataclass(frozen=True)
class Ruff:
    """The ruff of a project, with the files that configure it.

    `files` are those that it finds above the twins, `others` those that it finds
    wherever it runs. `told` is what both say of ruff, and counts for equality in their
    place. The project is in `root`.
    """

    version: str
    told: tuple[tuple[Path, str], ...]
    root: Path = field(compare=False, repr=False)
    executable: str = field(compare=False, repr=False)
    files: Mapping[Path, bytes] = field(compare=False, repr=False)
    others: Mapping[Path, bytes] = field(compare=False, repr=False)

    @property
    def label(self) -> str:
        return f"ruff {self.version}"

    def watched(self) -> list[Path]:
        """Return the files that configure it, and those that would in `root`."""
        near = [self.root / name for name in NAMES]
        return sorted({*near, *self.files, *self.others})

    def line_length(self, path: Path) -> int:
        """Return the line length for a file."""
        contents = {**self.files, **self.others}
        above = [folder / name for folder in path.parents for name in NAMES]
        for file in (*above, *(_home() / name for name in NAMES)):
            table = _table(file, contents.get(file))
            if table is not None:
                return _line_length(file, table, contents)
        return _LINE_LENGTH

    def laid_out(
        self, texts: Mapping[Path, bytes], *options: str
    ) -> dict[Path, bytes | FormattingError]:
        """Return the layout of each text, by the path of the file that it is for.

        ruff is called once. Raises :class:`ConfigurationError` where it does not do
        its work.
        """
        if not texts:
            return {}
        with tempfile.TemporaryDirectory(prefix="twingen-") as name:
            folder = Path(name).resolve()
            known = [self.root / NAMES[0], *texts, *self.files]
            top = Path(os.path.commonpath([path.parent for path in known]))
            copies = {path: folder / "copies" / path.relative_to(top) for path in known}
            for path, content in {**self.files, **texts}.items():
                copies[path].parent.mkdir(parents=True, exist_ok=True)
                copies[path].write_bytes(content)
            here = copies[known[0]].parent
            here.mkdir(parents=True, exist_ok=True)
            arguments = folder / "arguments"
            names = [str(copies[path]) for path in texts]
            arguments.write_text("\n".join(names), encoding="utf-8")
            said = self._run(here, f"@{arguments}", *options)
            found = list(_FAILED.finditer(said))
            # Each thing that it says must be of one of the texts.
            if said and (not found or len(found) != said.count("error:")):
                said = said.replace(str(folder / "copies"), str(top).rstrip(os.sep))
                raise ConfigurationError(
                    f'tool.twingen.formatter = "ruff": {self.label} fails: '
                    f"{' '.join(said.split())}; fix this, so that `ruff format` runs "
                    "in the project"
                )
            failed = dict(_failure(each, here) for each in found)
            return {
                path: failed.get(copies[path]) or _read(copies[path]) for path in texts
            }

    def _run(self, folder: Path, *arguments: str) -> str:
        """Run ruff in a folder; return why, if it fails."""
        options = ("--no-cache", "--no-force-exclude", "--quiet", "--color", "never")
        done = subprocess.run(
            [self.executable, "format", *options, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        code = done.returncode
        return done.stderr.strip() or f"it ends with {code}" if code else ""


def _failure(said: re.Match[str], folder: Path) -> tuple[Path, FormattingError]:
    """Return the file that ruff could not read in a folder, and why."""
    path = Path(os.path.normpath(folder / said["path"]))
    number = int(said["line"])
    lines = path.read_text(encoding="utf-8").split("\n")
    line = lines[number - 1].strip() if number <= len(lines) else ""
    what = f"{said['what']}: {number}:{said['column']}: {line}"
    return path, FormattingError(what, line)


def find_ruff(root: Path, folders: Iterable[Path], copied: Mapping[Path, Path]) -> Ruff:
    """Return the ruff for a project, and what configures it for files in the folders.

    `copied` maps files that will be there to what they are copies of. Raises
    :class:`ConfigurationError` where there is no ruff.
    """
    executable = _executable()
    above = {each for folder in folders for each in (folder, *folder.parents)}
    found: dict[Path, bytes] = {}
    others: dict[Path, bytes] = {}
    for path in sorted(folder / name for folder in above for name in NAMES):
        _add(path, copied.get(path, path), found, others)
    if all(_table(path, content) is None for path, content in found.items()):
        # ruff looks at the user's own configuration only where there is no other.
        for name in NAMES:
            _add(_home() / name, _home() / name, others, others)
    told = tuple(sorted((p, _told(p, c)) for p, c in {**others, **found}.items()))
    version = _version(executable, os.stat(executable).st_mtime_ns)
    return Ruff(version, told, root, executable, found, others)


def _executable() -> str:
    """Return the ruff of this Python's environment, or else the one on PATH."""
    try:
        return str(import_module("ruff").find_ruff_bin())
    except (ImportError, AttributeError, OSError):
        pass
    found = shutil.which("ruff")
    if found is None:
        raise ConfigurationError(
            'tool.twingen.formatter = "ruff": there is no ruff beside this Python, and '
            'none on PATH; install it with `python -m pip install "twingen[ruff]"`'
        )
    return found


@lru_cache(maxsize=8)
def _version(executable: str, changed: int) -> str:
    """Return the version of a ruff that was last changed at this time."""
    try:
        said = subprocess.run(
            [executable, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        ).stdout.split()
    except OSError as error:
        said = [str(error.strerror)]
    if len(said) < 2 or said[0] != "ruff":
        raise ConfigurationError(
            f'tool.twingen.formatter = "ruff": {executable} does not print its '
            f"version, but {' '.join(said) or 'nothing'}; install ruff again"
        )
    return said[1]


def _add(
    path: Path, origin: Path, found: dict[Path, bytes], others: dict[Path, bytes]
) -> None:
    """Add a file that may configure ruff, and those that it extends.

    Those that it names by a path from the root of the disk are not `found`.
    """
    if path in found or path in others or not origin.is_file():
        return
    found[path] = content = origin.read_bytes()
    table = _table(path, content) or {}
    base = _base(path, table)
    if base is not None:
        near = others if _extended(table).is_absolute() else found
        _add(base, base, near, others)


def _home() -> Path:
    """Return the folder with the user's own configuration of ruff."""
    named = os.environ.get("APPDATA" if os.name == "nt" else "XDG_CONFIG_HOME")
    return (Path(named) if named else Path.home() / ".config") / "ruff"


def _parsed(content: bytes) -> dict[str, Any] | None:
    """Return the content of a file; ruff itself reports invalid TOML."""
    try:
        return tomllib.loads(content.decode())
    except ValueError:
        return None


def _table(path: Path, content: bytes | None) -> Mapping[str, Any] | None:
    """Return what a file says of ruff, `None` where ruff looks further."""
    parsed = _parsed(content) if content is not None else None
    if parsed is None or path.name != NAMES[-1]:
        return parsed
    tools = parsed.get("tool", {})
    table = tools.get("ruff") if isinstance(tools, dict) else None
    return table if isinstance(table, dict) else None


def _base(path: Path, table: Mapping[str, Any]) -> Path | None:
    """Return the file that another extends."""
    if not isinstance(table.get("extend"), str):
        return None
    return Path(os.path.normpath(path.parent / _extended(table)))


def _extended(table: Mapping[str, Any]) -> Path:
    return Path(os.path.expandvars(os.path.expanduser(table["extend"])))


def _told(path: Path, content: bytes) -> str:
    """Return what counts of a file: of a pyproject.toml, what ruff reads."""
    parsed = _parsed(content)
    if parsed is None or path.name != NAMES[-1]:
        return repr(parsed or content)
    project = parsed.get("project", {})
    python = project.get("requires-python") if isinstance(project, dict) else None
    return repr((_table(path, content), python))


def _line_length(
    path: Path, table: Mapping[str, Any], contents: Mapping[Path, bytes]
) -> int:
    """Return the line length that a file says, or one that it extends."""
    seen = {path}
    while "line-length" not in table:
        base = _base(path, table)
        inherited = None
        if base is not None and base not in seen:
            inherited = _table(base, contents.get(base))
        if base is None or inherited is None:
            return _LINE_LENGTH
        path, table = base, inherited
        seen.add(path)
    length = table["line-length"]
    return length if isinstance(length, int) else _LINE_LENGTH


def _read(path: Path) -> bytes:
    content = path.read_bytes()
    if b"\r" in content:
        raise ConfigurationError(
            'tool.twingen.formatter = "ruff": lines of twins end with \\n on every '
            "system, and ruff is configured to end them in another way; set "
            'line-ending = "lf" below tool.ruff.format'
        )
    return content
