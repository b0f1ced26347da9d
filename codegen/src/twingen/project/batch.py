"""Converts many sources of one project, each after all of them were read.

A source is read for what it defines, because a name's meaning may stand in
another file; then it is converted with the definitions of all.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from ..analysis.definition_reader import define
from ..analysis.symbols.definitions import Definitions
from ..analysis.symbols.dependencies import RecordedDefinitions
from ..analysis.symbols.library_tables import Tasks, check_members
from ..analysis.symbols.renames import MethodRenames, Renames
from ..analysis.types.typed_names import TypedNames
from ..conversion.conversion_warnings import notes_of_threads
from ..conversion.convert import Settings, convert_parsed, parse
from ..conversion.pages import PageTwin, convert_page
from ..conversion.trace import Trace
from ..diagnostics.diagnostic import Diagnostic
from ..plugins import load_plugins
from ..syntax.source import Source
from .config import Config, read_table
from .conversion_results import Converted
from .formatters import formatter_of
from .table_cache import TableCache
from .unused_settings import configured

if TYPE_CHECKING:
    from ..formatting.formatting_cache import Layouts

# How many characters of sources stay parsed between reading and converting; what
# is beyond is parsed twice, so that memory does not grow with the project.
_KEPT = 1_000_000


class Batch:
    """The sources of one project under conversion, in this process.

    `layouts` are those of earlier builds of this process, `tables` what is kept of the
    tables that come with twingen. Raises
    :class:`ConfigurationError` for tables, patterns and plug-ins that cannot be used.
    """

    def __init__(
        self,
        config: Config,
        layouts: Layouts | None = None,
        tables: TableCache | None = None,
    ) -> None:
        self._config = config
        self._tables = tables or TableCache()
        self._side = dict(config.side.rows)
        # What conversions see, and what is behind that.
        self._own = self._no_definitions()
        self._definitions = definitions = RecordedDefinitions(self._own)
        self._plugins = load_plugins(config.plugins)
        self._renames = Renames(config.renames, definitions, config.prose)
        self._renames.texts = {tree.module for tree in config.trees if tree.texts}
        self._methods = MethodRenames(config.methods, definitions)
        self._configured = frozenset(configured(config))
        self._formatter = formatter_of(config, layouts)
        self._settings: dict[Tasks, Settings] = {}
        self._of(config.tasks or "threads")  # what cannot be used is refused here
        self._parsed: dict[str, TypedNames] = {}
        self._kept = 0

    def _no_definitions(self) -> Definitions:
        """Return what nothing is known to define, as it is configured."""
        return Definitions(side=self._side, variables=self._config.locals)

    def _of(self, tasks: Tasks) -> Settings:
        """Return the settings with which tasks become this in the twin."""
        if tasks not in self._settings:
            config = self._config
            libraries = self._tables.libraries(tasks)
            self._plugins.add_tables(libraries)
            libraries.add(config.libraries, "tool.twingen.libraries")
            for table in config.tables:
                libraries.add(read_table(table), str(table))
            check_members(libraries, self._own.classes)
            self._plugins.check_rows(libraries)
            libraries.renames = self._renames
            libraries.own_methods = self._methods
            libraries.strings = config.strings
            self._settings[tasks] = Settings(
                libraries,
                self._definitions,
                config.runtime,
                self._formatter,
                self._plugins.rules,
                tasks,
                config.strict_examples,
            )
        return self._settings[tasks]

    def read(self, source: Source) -> Definitions:
        """Return what a source defines.

        Raises :class:`ConversionError` for a text that does not parse.
        """
        found = self._no_definitions()
        if source.page is not None:  # an example is nothing that others import
            return found
        names = parse(source, found)
        define(found, names)
        if self._kept + len(source.text) <= _KEPT:
            self._kept += len(source.text)
            self._parsed[source.path] = names
        else:
            names.close()
        return found

    def learn(self, definitions: Definitions) -> None:
        """Take what all sources define; everything else is asked after this."""
        self._own.update(definitions)
        for settings in self._settings.values():
            check_members(settings.libraries, definitions.classes)
        if len(self._parsed) > 1:
            gc.freeze()  # what was parsed is no garbage until it is converted

    def names(self, source: Source) -> TypedNames:
        """Return the answers about the names of a source, for the caller to keep."""
        names = self._names(source)
        if self._parsed.pop(source.path, None) is not None:
            self._kept -= len(source.text)
        return names

    def _names(self, source: Source) -> TypedNames:
        """Return the answers that are taken apart when the source is forgotten."""
        names = self._parsed.get(source.path)
        if names is None:
            names = parse(source, self._no_definitions())
        names.definitions = self._definitions
        return names

    def convert(
        self,
        source: Source,
        tasks: Tasks,
        names: TypedNames | None = None,
        trace: Trace | None = None,
    ) -> Converted:
        """Return the twin of a source; raises :class:`ConversionError`.

        Where ruff is the formatter, it is still to lay the text out; see
        `layout_of_twins`. With a trace, `names` must be those that the trace is asked
        about.
        """
        self._definitions.begin()
        settings = self._of(tasks)
        libraries = settings.libraries
        libraries.used, self._methods.used = set(), set()
        self._renames.used, self._renames.used_texts = set(), set()
        self._renames.used_prose = set()
        notes: list[Diagnostic] = []
        # Whether it is parsed here, and forgotten again.
        parsed = names is None and source.path not in self._parsed
        if source.page is not None:
            page = self.page(source, tasks)
            text, runtime = page.text, page.runtime
        else:
            names = names or self._names(source)
            twin = convert_parsed(source, names, settings, trace)
            text, runtime = twin.text, twin.runtime_modules
            notes += twin.warnings
        used = {
            *(f"renames: {pattern}" for pattern in self._renames.used),
            *(f"methods: {pattern}" for pattern in self._methods.used),
            *(f"libraries: {row}" for row in libraries.used),
            *(f"strings: {name}" for name in libraries.used),
            *(f"locals: {name}" for name in libraries.used),
            *(f"prose: {words}" for words in self._renames.used_prose),
            *(f"texts: {package}" for package in self._renames.used_texts),
        }
        if names is not None and self._config.tasks == tasks == "threads":
            notes += notes_of_threads(source, names)
        if names is not None and parsed:
            names.close()
        return Converted(text, runtime, used & self._configured, notes)

    def asked(self) -> str:
        """Return what the last conversion asked of the definitions of the project."""
        return self._definitions.asked()

    def page(self, source: Source, tasks: Tasks) -> PageTwin:
        """Return what becomes of a page; raises :class:`ConversionError`."""
        return convert_page(source, self._of(tasks))

    def forget(self, source: Source) -> None:
        """Let go of what was kept of a source."""
        names = self._parsed.pop(source.path, None)
        if names is not None:
            names.close()
            self._kept -= len(source.text)
