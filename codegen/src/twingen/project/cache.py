"""What is known of sources from an earlier run, by their content.

A record holds only digests of twins, and counts only for the same text, the same
tool and the same configuration; that a twin is in step also needs the same
definitions in all other sources. The cache lies outside of the project, and losing
it costs time alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from ..meaning.definitions import Definitions
from ..syntax.source import Source, digest_of_text
from .config import Config
from .disk import replace

if TYPE_CHECKING:
    from ..rule import Tasks

_TOOLS = ("libcst", "black")


@dataclass(frozen=True)
class Known:
    """What became of one source, with the definitions of a certain project.

    `context` tells that project, `digest` is that of the file; the others are
    those of :class:`twingen.syntax.source.Converted`.
    """

    context: str
    digest: str
    runtime: tuple[str, ...]
    used: tuple[str, ...]


class Cache:
    """The records of one project; without a file nothing outlives this object.

    The tool and the configuration are told by `key`.
    """

    def __init__(self, file: Path | None = None, key: str = "") -> None:
        self._file = file
        self._key = key
        self._definitions: dict[str, dict[str, Any]] = {}
        self._known: dict[str, Known] = {}
        self._tasks: dict[str, Tasks] = {}
        self._seen: set[str] = set()
        self._changed = False
        content = _content(file) if file is not None else {}
        if content.get("key") == key:
            self._definitions = content["definitions"]
            self._known = {
                source: Known(*map(_frozen, fields))
                for source, fields in content["known"].items()
            }
            self._tasks = content["tasks"]

    def definitions(self, source: Source) -> Definitions | None:
        """Return what a source is known to define."""
        name = source.digest
        self._seen.add(name)
        found = self._definitions.get(name)
        return None if found is None else Definitions.from_json(found)

    def known(self, source: Source, context: str) -> Known | None:
        """Return what became of a source in this context."""
        found = self._known.get(source.digest)
        return found if found is not None and found.context == context else None

    def add_definitions(self, source: Source, definitions: Definitions) -> None:
        self._definitions[source.digest] = definitions.as_json()
        self._changed = True

    def add(self, source: Source, known: Known) -> None:
        self._known[source.digest] = known
        self._changed = True

    def tasks(self, context: str) -> Tasks | None:
        """Return what tasks are known to become in this context."""
        return self._tasks.get(context)

    def add_tasks(self, context: str, tasks: Tasks) -> None:
        if self._tasks != {context: tasks}:
            self._tasks = {context: tasks}
            self._changed = True

    def save(self) -> None:
        """Write what was asked for or added; a disk that refuses is left alone."""
        stale = set(self._definitions) - self._seen
        if self._file is None or not (self._changed or stale):
            return
        kept = self._seen
        content = {
            "key": self._key,
            "tasks": self._tasks,
            "definitions": {k: v for k, v in self._definitions.items() if k in kept},
            "known": {
                k: list(asdict(v).values()) for k, v in self._known.items() if k in kept
            },
        }
        with suppress(OSError):
            replace(self._file, json.dumps(content).encode())
        self._changed = False


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
        shape = (content["definitions"], content["known"], content["tasks"])
        return content if all(isinstance(part, dict) for part in shape) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


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
