"""Converts many sources of one project, each after all of them were read.

A source is read for what it defines, because a name's meaning may stand in
another file; then it is converted with the definitions of all.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .config import Config, read_table
from .conversion import Settings, Source, convert_parsed, parse
from .definitions import Definitions
from .formatting import mode_from
from .names import Names
from .plugins import load_plugins
from .renames import MethodRenames, Renames
from .trace import Trace

# How many characters of sources stay parsed between reading and converting; what
# is beyond is parsed twice, so that memory does not grow with the project.
_KEPT = 1_000_000


@dataclass(frozen=True)
class Converted:
    """The text of a twin without its header, and what it took.

    `runtime` are the parts of the runtime that it imports, `used` what it used of
    what is :attr:`Batch.configured`.
    """

    text: str
    runtime: frozenset[str]
    used: Collection[str]


class Batch:
    """The sources of one project under conversion, in this process.

    `configured` lists what the project's configuration says of names; something
    must use each of it. Raises :class:`ConfigurationError` for tables, patterns
    and plug-ins that cannot be used.
    """

    def __init__(self, config: Config) -> None:
        self._constant = config.side or ""
        definitions = Definitions(constant=self._constant)
        plugins = load_plugins(config.plugins)
        libraries = plugins.libraries()
        rows = libraries.add(config.libraries, "tool.twingen.libraries")
        for table in config.tables:
            rows += libraries.add(read_table(table), str(table))
        plugins.check_rows(libraries)
        self._renames = Renames(config.renames, definitions)
        self._renames.texts = {tree.module for tree in config.trees if tree.texts}
        libraries.renames = self._renames
        self._methods = MethodRenames(config.methods, definitions)
        libraries.own_methods = self._methods
        libraries.strings = config.strings
        self.configured = [
            *(f"renames: {pattern}" for pattern in config.renames),
            *(f"methods: {pattern}" for pattern in config.methods),
            *([f"side: {config.side}"] if config.side else []),
            *(f"libraries: {row}" for row in rows),
            *(f"strings: {name}" for name in config.strings),
            *(f"texts: {package}" for package in sorted(self._renames.texts)),
            *(
                f"exclude: {pattern}"
                for tree in config.trees
                for pattern in tree.exclude
            ),
        ]
        mode = mode_from(config.black, config.requires_python)
        self._settings = Settings(
            libraries, definitions, config.runtime, mode, plugins.rules
        )
        self._parsed: dict[str, Names] = {}
        self._kept = 0

    def read(self, source: Source) -> Definitions:
        """Return what a source defines.

        Raises :class:`ConversionError` for a text that does not parse.
        """
        found = Definitions(constant=self._constant)
        names = parse(source, found)
        found.add(names)
        if self._kept + len(source.text) <= _KEPT:
            self._kept += len(source.text)
            self._parsed[source.path] = names
        return found

    def learn(self, definitions: Definitions) -> None:
        """Take what all sources define; everything else is asked after this."""
        self._settings.definitions.update(definitions)
        gc.freeze()  # what was parsed is no garbage until it is converted

    def names(self, source: Source) -> Names:
        """Return the answers about the names of a source."""
        names = self._parsed.get(source.path)
        if names is None:
            names = parse(source, Definitions(constant=self._constant))
        names.definitions = self._settings.definitions
        return names

    def convert(
        self, source: Source, names: Names | None = None, trace: Trace | None = None
    ) -> Converted:
        """Return the twin of a source; raises :class:`ConversionError`.

        With a trace, `names` must be those that the trace is asked about.
        """
        names = names or self.names(source)
        libraries = self._settings.libraries
        libraries.used, self._methods.used = set(), set()
        self._renames.used, self._renames.used_texts = set(), set()
        twin = convert_parsed(source, names, self._settings, trace)
        used = {
            *(f"renames: {pattern}" for pattern in self._renames.used),
            *(f"methods: {pattern}" for pattern in self._methods.used),
            *(f"libraries: {row}" for row in libraries.used),
            *(f"strings: {name}" for name in libraries.used),
            *(f"texts: {package}" for package in self._renames.used_texts),
        }
        return Converted(
            twin.text, twin.runtime_modules, used.intersection(self.configured)
        )

    def forget(self, source: Source) -> None:
        """Let go of what was kept of a source."""
        if self._parsed.pop(source.path, None) is not None:
            self._kept -= len(source.text)


def collect_rarely() -> None:
    """Look for cyclic garbage less often: trees are many objects that stay."""
    gc.set_threshold(50_000, 10, 10)


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Do so for a while."""
    thresholds = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
