"""What an editor asks about a file that may not be saved: findings, other places.

Whatever cannot be answered (no configuration, a project that does not parse) has no
answer; an editor shows what it gets and asks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...diagnostics.diagnostic import ConfigurationError, ConversionError, Diagnostic
from ...plugins import load_plugins
from ...project.cache import Cache, cache_of
from ...project.config import Config, find_root, load
from ...project.files import display
from ...project.plan import Plan
from ...project.twin_headers import is_as_signed, signature
from ...reports.explain import find, manual
from ...source_map.line_map import expected_line
from ...source_map.twin_to_source import Lookup
from ...syntax.source import lines_of
from .quick_fixes import Remedy, remedies


@dataclass(frozen=True)
class Written:
    """A file that twingen wrote: what it was made from, and whether it was edited."""

    origin: str
    edited: bool


class Editing:
    """Answers about files of any number of projects, by their absolute paths.

    `texts` are those of the files that are open.
    """

    def __init__(self) -> None:
        self.texts: dict[Path, str] = {}
        self._caches: dict[Path, tuple[Config, Cache]] = {}

    def findings(self, path: Path) -> list[Diagnostic]:
        """Return what is refused of a source, as it is in the editor."""
        config = _config_of(path)
        if config is None or not _is_read(config, path):
            return []
        try:
            plan = self._plan(config)
            lookup = Lookup(config, plan)
            target = lookup.target_of(path)
            if target is None or plan.files[target].path != path:
                plan.read()
            else:
                plan.convert(target)
        except ConversionError as error:
            own = display(config.root, path)
            return [each for each in error.diagnostics if each.path == own]
        except ConfigurationError:
            return []
        return []

    def remedies(self, path: Path, line: int) -> list[Remedy]:
        """Return what can be inserted for what is refused at a line of a source."""
        config = _config_of(path)
        refused = [each for each in self.findings(path) if each.line == line]
        if config is None or not refused:
            return []
        text, file = self.text(path), config.root / "pyproject.toml"
        found = [r for each in refused for r in remedies(each, path, text, file)]
        return list(dict.fromkeys(found))

    def explained(self, path: Path, line: int) -> str | None:
        """Return, in Markdown, why a line is refused, or which rules changed it."""
        refused = [each for each in self.findings(path) if each.line == line]
        if refused:
            config = _config_of(path)
            rules = load_plugins(config.plugins if config else ()).rules
            return "\n\n".join(
                f"**{manual(find(each.code, rules), each.message)}".replace(
                    "\n", "**\n", 1
                )
                for each in {each.code: each for each in refused}.values()
            )
        traced = self._traced(path)
        if traced is None:
            return None
        try:
            return f"```text\n{traced[2].explanation(path, line)}\n```"
        except ConfigurationError:
            return None

    def written(self, path: Path) -> Written | None:
        """Return whether twingen wrote a file of a target folder."""
        config = _config_of(path)
        if config is None or not any(t.target in path.parents for t in config.trees):
            return None
        content = self.text(path).encode()
        found = signature(content)
        if found is None:
            return None
        return Written(found["origin"].decode(), not is_as_signed(content, found))

    def source_place(self, path: Path, line: int) -> tuple[Path, int] | None:
        """Return the source and its line that a line of a twin was made from."""
        found = self._traced(path)
        if found is None or found[0] != path or found[1] == path:
            return None
        twin, source, lookup = found
        should_be = lookup.traced(twin).lines
        text = lines_of(self.text(path))
        place = lookup.expected(twin, expected_line(line, text, should_be)).line
        return (source, place) if place else None

    def twin_place(self, path: Path, line: int) -> tuple[Path, int] | None:
        """Return the twin and its first line that a line of a source became."""
        found = self._traced(path)
        if found is None or found[1] != path:
            return None
        twin, _, lookup = found
        traced = lookup.traced(twin)
        made = traced.places.twin_lines(line)
        if not made or not twin.is_file():
            return None
        there = lines_of(self.text(twin))
        return twin, expected_line(made[0] + traced.header, traced.lines, there)

    def _traced(self, path: Path) -> tuple[Path, Path, Lookup] | None:
        """Return the twin and the source that a path is one of, if it is converted."""
        config = _config_of(path)
        if config is None:
            return None
        try:
            plan = self._plan(config)
            lookup = Lookup(config, plan)
            twin = lookup.target_of(path)
            if twin is None:
                return None
            lookup.traced(twin)
        except (ConversionError, ConfigurationError):
            return None
        return twin, plan.files[twin].path, lookup

    def _plan(self, config: Config) -> Plan:
        before, cache = self._caches.get(config.root, (None, Cache()))
        if before != config:
            cache = cache_of(config)
            self._caches[config.root] = config, cache
        sources = {
            p: t.encode() for p, t in dict(self.texts).items() if _is_read(config, p)
        }
        return Plan(config, texts=sources, cache=cache)

    def text(self, path: Path) -> str:
        """Return what a file holds, saved or not."""
        if path in self.texts:
            return self.texts[path]
        return path.read_text(encoding="utf-8") if path.is_file() else ""


def _config_of(path: Path) -> Config | None:
    """Return the configuration that a file belongs to."""
    try:
        return load(find_root(path.parent))
    except ConfigurationError:
        return None


def _is_read(config: Config, path: Path) -> bool:
    """Return whether twins are made from a file."""
    inside = any(tree.source in path.parents for tree in config.trees)
    return inside or any(path.match(pattern) for pattern in config.pages)
