"""What is known of sources from an earlier run, by their content.

A record holds only the digest of a twin, or the refusals in its place, and counts
only for the same text, the same tool and the same configuration; what became of a
source also needs the same answers to all that its conversion asked of the definitions
of the project. The cache lies outside of the project, and losing it costs time alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..analysis.symbols.external_classes import is_as_read
from ..diagnostics.diagnostic import Diagnostic
from ..syntax.source import Source, digest_of_text
from .config import Config
from .files import replace as replace_file
from .fingerprint import fingerprint

if TYPE_CHECKING:
    from ..analysis.symbols.definitions import Definitions
    from ..analysis.symbols.library_tables import Tasks
    from .table_cache import TableCache


@dataclass(frozen=True)
class Known:
    """What became of one source, with the definitions that its project has.

    `digest` is that of the file; `runtime` and `used` are those of
    :class:`twingen.syntax.source.Converted`. With `refusals` there is no file.
    """

    digest: str = ""
    runtime: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    notes: tuple[Diagnostic, ...] = ()
    refusals: tuple[Diagnostic, ...] = ()


@dataclass
class State:
    """What a project has, as far as the conversion of each source may ask for it.

    `inputs` tells its sources from any others; `sources` are the digests of those by
    their paths. `added` are definitions that are of no one source, as JSON, `filled`
    the fields that hold anything. `read` is what was read of modules outside
    of the sources, `sides_used` what was used of the configuration to tell the sides
    apart, and `needs_turns` what needs tasks that take turns: the first, and how many.
    """

    inputs: str = ""
    sources: dict[str, str] = field(default_factory=dict)
    added: dict[str, Any] = field(default_factory=dict)
    filled: list[str] = field(default_factory=list)
    read: dict[str, str] = field(default_factory=dict)
    sides_used: list[str] = field(default_factory=list)
    needs_turns: str = ""
    needs_turns_count: int = 0


# What a project in step is told from others by; the rest is read when it is asked for.
_SHORT = ("inputs", "read", "sides_used", "needs_turns", "needs_turns_count")


class Cache:
    """The records of one project; without a file nothing outlives this object.

    The tool and the configuration are told by `key`, the former alone by `tool`. All
    records are of one state of
    the project: see `advance`. A file holds two lines of JSON: what a project in step
    needs, and what each source defines and asked for.
    """

    def __init__(self, file: Path | None = None, key: str = "", tool: str = "") -> None:
        self._tool = tool
        self._file = file
        self._key = key
        self._state = State()
        self._unreadable: dict[str, Any] = {}
        self._known: dict[str, dict[str, Any]] = {}
        self._definitions: dict[str, dict[str, Any]] = {}
        self._asked: dict[str, dict[str, str]] = {}
        self._changed = False
        # The first line, as long as the second was not read.
        self._first = b""
        if file is not None:
            self._load(file)

    def _load(self, file: Path) -> None:
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            with file.open("rb") as opened:
                first = opened.readline()
            content = json.loads(first)
            if content["key"] != self._key:
                return
            unreadable, known = content["unreadable"], content["known"]
            short = content["state"]
            if all(isinstance(part, dict) for part in (unreadable, known, short)):
                self._state = replace(self._state, **short)
                self._unreadable, self._known = unreadable, known
                self._first = first

    def _load_rest(self) -> None:
        """Read the second line; without it nothing is known."""
        if not self._first or self._file is None:
            return
        first, self._first = self._first, b""
        try:
            with self._file.open("rb") as opened:
                if opened.readline() != first:
                    raise ValueError("another process has written the file")
                rest = json.loads(opened.read())
            definitions, asked = rest["definitions"], rest["asked"]
            state = replace(self._state, **rest["state"])
            if not (isinstance(definitions, dict) and isinstance(asked, dict)):
                raise ValueError("this was not written by twingen")
            self._definitions, self._asked, self._state = definitions, asked, state
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self._state, self._known, self._unreadable = State(), {}, {}

    @property
    def tables(self) -> TableCache:
        """What is kept of the tables that come with this twingen, for all projects."""
        from .table_cache import TableCache

        return TableCache(self._file and self._file.parent, self._tool)

    def recalled(self, inputs: str, folders: Mapping[str, Path]) -> State | None:
        """Return the state of the records, if the project is in that state.

        Only what `_SHORT` names is there.
        """
        state = self._state
        if not state.inputs or state.inputs != inputs:
            return None
        return state if is_as_read(state.read, folders) else None

    def definitions(self, source: Source) -> Definitions | None:
        """Return what a source is known to define."""
        from ..analysis.symbols.definitions import (
            Definitions,
        )  # only where it has changed

        self._load_rest()
        found = self._definitions.get(source.digest)
        return None if found is None else Definitions.from_json(found)

    def is_read(self, source: Source) -> bool:
        """Return whether the definitions of a source are known, or it is unreadable."""
        self._load_rest()
        return source.digest in self._definitions or source.digest in self._unreadable

    def unreadable(self, source: Source) -> tuple[Diagnostic, ...]:
        """Return what is known to keep a source from being read."""
        return _diagnostics(self._unreadable.get(source.digest, ()))

    def known(self, source: Source, tasks: Tasks) -> Known | None:
        """Return what became of a source where tasks are these."""
        found = self._known.get(source.digest, {}).get(tasks)
        if found is None:
            return None
        return Known(
            found["digest"],
            tuple(found["runtime"]),
            tuple(found["used"]),
            _diagnostics(found["notes"]),
            _diagnostics(found["refusals"]),
        )

    def add_definitions(self, source: Source, definitions: Definitions) -> None:
        self._load_rest()
        self._definitions[source.digest] = definitions.as_json()
        self._changed = True

    def add_unreadable(self, source: Source, refusals: Iterable[Diagnostic]) -> None:
        self._load_rest()
        self._unreadable[source.digest] = [asdict(each) for each in refusals]
        self._changed = True

    def advance(self, state: State) -> None:
        """Keep what is known also in this state of the project, and nothing else.

        What a source became is known if nothing that its conversion asked for has
        another answer. What all sources define must have been added.
        """
        from ..analysis.symbols.dependencies import Changes

        self._load_rest()
        before, self._state = self._state, state
        self._changed |= before != state
        changes = Changes()
        for path in {*before.sources, *state.sources}:
            old, new = before.sources.get(path, ""), state.sources.get(path, "")
            if old != new:
                changes.compare(
                    self._definitions.get(old, {}), self._definitions.get(new, {})
                )
        changes.compare(before.added, state.added)
        changes.compare_empty(before.filled, state.filled)
        there = set(state.sources.values())
        for records in self._records():
            for digest in records.keys() - there:
                del records[digest]
        for digest, known in self._known.items():
            asked = self._asked.get(digest, {})
            for tasks in [*known] if changes else ():
                if tasks not in asked or changes.concern(asked[tasks]):
                    del known[tasks]

    def add(self, source: Source, tasks: Tasks, known: Known, asked: str) -> None:
        """Add what became of a source, and what its conversion asked for."""
        self._load_rest()
        self._known.setdefault(source.digest, {})[tasks] = asdict(known)
        self._asked.setdefault(source.digest, {})[tasks] = asked
        self._changed = True

    def save(self) -> None:
        """Write what is known; a disk that refuses is left alone."""
        if self._file is None or not self._changed:
            return
        state = asdict(self._state)
        short = {name: state.pop(name) for name in _SHORT}
        lines = [
            {
                "key": self._key,
                "state": short,
                "unreadable": self._unreadable,
                "known": self._known,
            },
            {"state": state, "definitions": self._definitions, "asked": self._asked},
        ]
        with suppress(OSError):
            replace_file(self._file, "\n".join(map(json.dumps, lines)).encode())
        self._changed = False

    def _records(self) -> list[dict[str, Any]]:
        return [self._definitions, self._unreadable, self._known, self._asked]


def cache_of(config: Config) -> Cache:
    """Return the cache of a project.

    It lies in `$TWINGEN_CACHE_DIR`, or where the system keeps a user's caches.
    Plug-ins can change without notice, so that a project with some has none.
    """
    if config.plugins:
        return Cache()
    folder = os.environ.get("TWINGEN_CACHE_DIR")
    home = Path(folder) if folder else _user_cache()
    name = digest_of_text(str(config.root))
    tool = fingerprint(home)
    key = digest_of_text(f"{tool}{_configuration(config)}")
    return Cache(home / f"{name}.json", key, tool)


def _user_cache() -> Path:
    from platformdirs import user_cache_path  # not where the folder is given

    return user_cache_path("twingen", appauthor=False)


def _diagnostics(records: Iterable[Mapping[str, Any]]) -> tuple[Diagnostic, ...]:
    return tuple(Diagnostic(**record) for record in records)


def _configuration(config: Config) -> str:
    tables = [table.read_bytes() for table in config.tables if table.is_file()]
    return f"{config!r}{tables!r}"
