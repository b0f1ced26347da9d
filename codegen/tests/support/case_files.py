"""Reads the example files below `cases/`; see `test_cases`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from twingen.analysis.symbols.definitions import Definitions
from twingen.analysis.symbols.library_tables import Tasks, built_in_libraries
from twingen.analysis.symbols.renames import MethodRenames, Renames
from twingen.conversion.convert import Settings, convert
from twingen.diagnostics.diagnostic import ConversionError
from twingen.formatting.formatter import Formatter

# What the examples are imported as.
MODULE = "source"
FOLDER = Path(__file__).parents[1] / "cases"
_MARK = re.compile(r"^# ---- (twin|refused) ----\n", re.MULTILINE)
_RENAMES = re.compile(r"^# renames: (\S+) = (\S+)$", re.MULTILINE)
_METHODS = re.compile(r"^# method: (\S+) = (\S+)$", re.MULTILINE)
_STRINGS = re.compile(r"^# strings: (\S+)$", re.MULTILINE)
_SIDE = re.compile(r"^# side: (\S+|# \w+)(?: = (.+))?$", re.MULTILINE)
_LOCALS = re.compile(r"^# local: (\S+) = (\S+)$", re.MULTILINE)
_PROSE = re.compile(r"^# prose: (\S+) = (\S+)$", re.MULTILINE)
_SIDES = {"": True, "true": True, "false": False}
_RUNTIME = re.compile(r"^# runtime: none$", re.MULTILINE)
_SYNC_ONLY = re.compile(r"^# sync-only: (\S+)$", re.MULTILINE)
_TASKS = re.compile(r"^# tasks: turns$", re.MULTILINE)
_MODULE = re.compile(r"^# module: (\S+)$", re.MULTILINE)
_STRICT = re.compile(r"^# strict_examples$", re.MULTILINE)
_ROW = re.compile(r"^# row: (\S+) = (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One example: a source, and the twin or the refusals that it must get.

    `kind` is `twin`, `refused` or `unchanged`.
    """

    path: Path
    source: str
    kind: str
    expected: str

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    def settings(self) -> Settings:
        """Return what the comments of the source configure."""
        tasks: Tasks = "turns" if _TASKS.search(self.source) else "threads"
        libraries = built_in_libraries(tasks)
        for name, twin in _ROW.findall(self.source):
            module, _, last = name.rpartition(".")
            row = {twin: True} if twin in ("unwrap", "keep", "call") else twin
            libraries.add({module: {last: row}}, self.name)
        side = {
            row: _SIDES.get(value, value) for row, value in _SIDE.findall(self.source)
        }
        variables = dict(_LOCALS.findall(self.source))
        definitions = Definitions(side=side, variables=variables)
        definitions.sync_only.update(_SYNC_ONLY.findall(self.source))
        prose = dict(_PROSE.findall(self.source))
        renames = Renames(dict(_RENAMES.findall(self.source)), definitions, prose)
        libraries.renames = renames
        if self.source.startswith("# texts"):
            renames.texts.add(MODULE)
        methods = dict(_METHODS.findall(self.source))
        libraries.own_methods = MethodRenames(methods, definitions)
        libraries.strings = tuple(_STRINGS.findall(self.source))
        settings = Settings(libraries=libraries, definitions=definitions, tasks=tasks)
        if _RUNTIME.search(self.source):
            settings.runtime = None
        settings.strict_examples = _STRICT.search(self.source) is not None
        return settings

    def result(self, text: str, formatter: Formatter | None = None) -> tuple[str, str]:
        """Convert a text as this case is configured; return what came of it."""
        try:
            settings = self.settings()
            settings.formatter = formatter or settings.formatter
            named = _MODULE.search(self.source)
            module = named[1] if named else MODULE
            twin = convert(text, settings=settings, module=module, twin="twin").text
        except ConversionError as error:
            return "refused", _plain(error)
        return ("unchanged" if twin == text else "twin"), twin


def _plain(error: ConversionError) -> str:
    """Return refusals as the example files spell them: without path and excerpt."""
    lines = []
    for problem in error.diagnostics:
        place = f"{problem.line}:{problem.column}"
        lines.append(f"# {place}: {problem.code} {problem.rule}: {problem.message}")
        lines.append(f"#   help: {problem.help}")
    return "\n".join(lines) + "\n"


def read(path: Path) -> Case:
    """Read one example file."""
    parts = _MARK.split(path.read_text(encoding="utf-8"))
    if len(parts) == 1:
        return Case(path, parts[0], "unchanged", parts[0])
    source, kind, expected = parts
    return Case(path, source.rstrip("\n") + "\n", kind, expected.lstrip("\n"))


CASES = [read(path) for path in sorted(FOLDER.glob("*/*.py"))]
