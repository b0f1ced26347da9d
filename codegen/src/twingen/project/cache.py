"""What is known of sources from an earlier run, by their content.

A record holds only the digest of a twin, or the refusals in its place, and counts
only for the same text, the same tool and the same configuration; what became of a
source also needs the same definitions in all others. The cache lies outside of the
project, and losing it costs time alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from ..meaning.definitions import Definitions
from ..syntax.source import Source, digest_of_text
from ..telling.diagnostic import Diagnostic
from .config import Config
from .disk import replace

if TYPE_CHECKING:
    from ..rule import Tasks

_TOOLS = ("libcst", "black")


@dataclass(frozen=True)
class Known:
    """What became of one source, with the definitions of a certain project.

    `context` tells that project, `digest` is that of the file; `runtime` and `used`
    are those of :class:`twingen.syntax.source.Converted`. With `refusals` there is no
    file.
    """

    context: str
    digest: str = ""
    runtime: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    notes: tuple[Diagnostic, ...] = ()
    refusals: tuple[Diagnostic, ...] = ()


class Cache:
    """The records of one project; without a file nothing outlives this object.

    The tool and the configuration are told by `key`.
    """

    def __init__(self, file: Path | None = None, key: str = "") -> None:
        self._file = file
        self._key = key
        self._definitions: dict[str, dict[str, Any]] = {}
        self._unreadable: dict[str, Any] = {}
        self._known: dict[str, dict[str, Any]] = {}
        self._seen: set[str] = set()
        self._changed = False
        content = _content(file) if file is not None else {}
        if content.get("key") == key:
            self._definitions = content["definitions"]
            self._unreadable = content["unreadable"]
            self._known = content["known"]

    def definitions(self, source: Source) -> Definitions | None:
        """Return what a source is known to define."""
        self._seen.add(source.digest)
        found = self._definitions.get(source.digest)
        return None if found is None else Definitions.from_json(found)

    def unreadable(self, source: Source) -> tuple[Diagnostic, ...]:
        """Return what is known to keep a source from being read."""
        self._seen.add(source.digest)
        return _diagnostics(self._unreadable.get(source.digest, ()))

    def known(self, source: Source, tasks: Tasks, context: str) -> Known | None:
        """Return what became of a source in this context, where tasks are these."""
        found = self._known.get(source.digest, {}).get(tasks)
        if found is None or found["context"] != context:
            return None
        return Known(
            context,
            found["digest"],
            tuple(found["runtime"]),
            tuple(found["used"]),
            _diagnostics(found["notes"]),
            _diagnostics(found["refusals"]),
        )

    def add_definitions(self, source: Source, definitions: Definitions) -> None:
        self._definitions[source.digest] = definitions.as_json()
        self._changed = True

    def add_unreadable(self, source: Source, refusals: Iterable[Diagnostic]) -> None:
        self._unreadable[source.digest] = [asdict(each) for each in refusals]
        self._changed = True

    def add(self, source: Source, tasks: Tasks, known: Known) -> None:
        self._known.setdefault(source.digest, {})[tasks] = asdict(known)
        self._changed = True

    def save(self) -> None:
        """Write what was asked for or added; a disk that refuses is left alone."""
        stale = {*self._definitions, *self._unreadable} - self._seen
        if self._file is None or not (self._changed or stale):
            return
        content = {"key": self._key} | {
            name: {key: record for key, record in records.items() if key in self._seen}
            for name, records in self._records().items()
        }
        with suppress(OSError):
            replace(self._file, json.dumps(content).encode())
        self._changed = False

    def _records(self) -> dict[str, dict[str, Any]]:
        return {
            "definitions": self._definitions,
            "unreadable": self._unreadable,
            "known": self._known,
        }


def cache_of(config: Config) -> Cache:
    """Return the cache of a project.

    It lies in `$TWINGEN_CACHE_DIR`, or where the system keeps a user's caches.
    Plug-ins can change without notice, so that a project with some has none.
    """
    if config.plugins:
        return Cache()
    folder = os.environ.get("TWINGEN_CACHE_DIR")
    home = Path(folder) if folder else user_cache_path("twingen", appauthor=False)
    name = digest_of_text(str(config.root))
    return Cache(
        home / f"{name}.json", digest_of_text(f"{_tool()}{_configuration(config)}")
    )


def _content(file: Path) -> Mapping[str, Any]:
    """Return what a cache file holds; one that cannot be read holds nothing."""
    try:
        content = json.loads(file.read_bytes())
        shape = (content["definitions"], content["unreadable"], content["known"])
        return content if all(isinstance(part, dict) for part in shape) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _diagnostics(records: Iterable[Mapping[str, Any]]) -> tuple[Diagnostic, ...]:
    return tuple(Diagnostic(**record) for record in records)


def _configuration(config: Config) -> str:
    tables = [table.read_bytes() for table in config.tables if table.is_file()]
    return f"{config!r}{tables!r}"


@lru_cache(maxsize=1)
def _tool() -> str:
    """Return what tells this twingen, as it was on the disk when asked, from others."""
    found = [f"{sys.version_info[:2]}", *(metadata.version(name) for name in _TOOLS)]
    for file in sorted(Path(__file__).parents[1].rglob("*")):
        if file.suffix in (".py", ".toml"):
            found.append(hashlib.sha256(file.read_bytes()).hexdigest())
    return "".join(found)
