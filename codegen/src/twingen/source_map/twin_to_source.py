"""Finds the source place of a place in a twin, and the rules that changed a line.

What is on the disk may have been edited: its lines are first matched with those
of the twin as it would be written now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..diagnostics.diagnostic import ConfigurationError
from ..project.config import Config
from ..project.files import display
from ..project.formatters import label_of
from ..project.plan import Plan
from ..project.twin_headers import signature, signed
from ..reports.explain import summary
from ..syntax.source import lines_of
from .line_map import PageLines, Places, expected_line

_PLACE = re.compile(r"(?P<path>.+):(?P<line>[0-9]+)(?::[0-9]+)?:?")
# Frames of exception groups stand behind bars.
_FRAME = re.compile(r'(?P<indent>[ |+-]*)File "(?P<path>[^"]+)", line (?P<line>\d+)')


@dataclass(frozen=True)
class Traced:
    """One twin that was converted once more to see where its lines come from."""

    places: Places | PageLines
    source: str
    source_lines: list[str]
    lines: list[str]
    header: int


@dataclass(frozen=True)
class Origin:
    """A place in a source, or, without a line, the reason why there is none."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.text


class Lookup:
    """Answers about the places of one project; converts only what is asked for."""

    def __init__(self, config: Config, plan: Plan | None = None) -> None:
        self._config = config
        self._plan = plan or Plan(config)
        self._traced: dict[Path, Traced] = {}

    def traced(self, target: Path) -> Traced:
        """Return what is known of the twin that belongs at a path."""
        if target not in self._traced:
            source = self._plan.files[target].source
            if source.page is not None:
                self._traced[target] = self._traced_page(target)
                return self._traced[target]
            text, names, trace = self._plan.traced(target)
            formatter = label_of(self._config)
            written = signed(text, source.path, formatter=formatter).decode()
            self._traced[target] = Traced(
                places=Places(names, trace, text),
                source=source.path,
                source_lines=lines_of(source.text),
                lines=lines_of(written),
                header=len(lines_of(written)) - len(lines_of(text)),
            )
        return self._traced[target]

    def _traced_page(self, target: Path) -> Traced:
        source, page = self._plan.files[target].source, self._plan.page(target)
        lines = [line for line, _ in page.lines]
        places = PageLines([origin for _, origin in page.lines])
        return Traced(places, source.path, lines_of(source.text), lines, header=0)

    def target_of(self, path: Path) -> Path | None:
        """Return the twin that a source, a twin, or an installed twin stands for."""
        path = path.resolve()
        for target, file in self._plan.files.items():
            if path in (target, file.path):
                return target
        if any(
            t.source in path.parents or t.target in path.parents
            for t in self._config.trees
        ):
            return None
        found = [
            tree.target / inner
            for tree in self._config.trees
            if (inner := _installed(path, tree.twin)) is not None
            and tree.target / inner in self._plan.files
        ]
        return found[0] if len(found) == 1 else None

    def origin(self, path: Path, line: int) -> Origin | None:
        """Return where a line of a twin comes from; `None` if it is in no twin."""
        target = self.target_of(path)
        if target is None:
            return _copied(path, line)
        if self._plan.files[target].path == path.resolve():
            return None
        traced = self.traced(target)
        found = traced.lines
        if path.is_file():
            found = lines_of(path.read_text(encoding="utf-8", errors="replace"))
        if not 0 < line <= max(len(found), 1):
            raise ConfigurationError(f"{path} has {len(found)} lines, not {line}")
        if found != traced.lines:
            line = expected_line(line, found, traced.lines)
        return self.expected(target, line)

    def expected(self, target: Path, line: int) -> Origin:
        """Return where a line of a twin, as it should be, comes from."""
        traced = self.traced(target)
        if line <= traced.header:
            return Origin(
                traced.source, 0, f"the header of the twin of {traced.source}"
            )
        place = traced.places.source_line(line - traced.header)
        if place is None:
            return Origin(
                traced.source, 0, f"added by twingen to the twin of {traced.source}"
            )
        return Origin(traced.source, place, traced.source_lines[place - 1])

    def explanation(self, path: Path, line: int) -> str:
        """Say which rules changed a line, of a source or of a twin.

        Raises :class:`ConfigurationError` for a place in neither.
        """
        target = self.target_of(path)
        if target is None:
            origin = self.origin(path, line)
            if origin is None:
                raise ConfigurationError(f"{path} is neither a source nor a twin")
            return str(origin)
        traced = self.traced(target)
        if self._plan.files[target].path != path.resolve():
            origin = self.origin(path, line)
            if origin is None or not origin.line:
                return str(origin)
            line = origin.line
        if not 0 < line <= len(traced.source_lines):
            raise ConfigurationError(
                f"{traced.source} has {len(traced.source_lines)} lines, not {line}"
            )
        return "\n".join(_explained(traced, self._display(target), line))

    def _display(self, path: Path) -> str:
        return display(self._config.root, path)

    def annotated(self, lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
        """Yield the lines of a traceback, and (`True`) the places to add to it."""
        pending: str | None = None
        indent = 0
        for line in lines:
            bare = line.rstrip("\r\n")
            frame = _FRAME.match(bare)
            depth = len(bare) - len(bare.lstrip(" |"))
            if pending is not None and (frame or depth <= indent or not bare.strip()):
                yield pending, True
                pending = None
            yield bare, False
            if frame is None:
                continue
            indent = len(frame["indent"])
            origin = self._origin_of_frame(Path(frame["path"]), int(frame["line"]))
            if origin is not None:
                text = f": {origin.text.strip()}" if origin.line else ""
                pending = f"{frame['indent']}  source: {origin}{text}"
        if pending is not None:
            yield pending, True

    def _origin_of_frame(self, path: Path, line: int) -> Origin | None:
        try:
            return self.origin(path, line)
        except ConfigurationError:  # a file that has changed since
            return None


def _explained(traced: Traced, twin: str, line: int) -> Iterator[str]:
    yield f"{traced.source}:{line}: {traced.source_lines[line - 1].strip()}"
    made = traced.places.twin_lines(line)
    for number in made:
        here = number + traced.header
        yield f"{twin}:{here}: {traced.lines[here - 1].strip()}"
    rules = traced.places.rules(line)
    for rule in rules:
        yield f"  {rule.code} {rule.name}: {summary(rule)}"
    if not made:
        yield "  no statement of the twin was made from this line"
    elif not rules:
        yield "  no rule changed this line"


def place(text: str) -> tuple[Path, int] | None:
    """Return the parts of `PATH:LINE` or `PATH:LINE:COLUMN`."""
    match = _PLACE.fullmatch(text.strip())
    if match is None:
        return None
    inner = _PLACE.fullmatch(match["path"])
    match = inner if inner and text.strip().count(":") > 1 else match
    return Path(match["path"]), int(match["line"])


def _installed(path: Path, twin: str) -> Path | None:
    """Return a path below the package that a twin is installed as."""
    parts, package = path.parts, tuple(twin.split("."))
    for start in range(len(parts) - len(package), 0, -1):
        if parts[start : start + len(package)] == package:
            return Path(*parts[start + len(package) :])
    return None


def _copied(path: Path, line: int) -> Origin | None:
    """Return where a copied part of the runtime comes from."""
    if not path.is_file():
        return None
    content = path.read_bytes()
    said = signature(content)
    if said is None:
        return None
    origin = said["origin"].decode()
    inner = max(line - content[: said.end()].count(b"\n"), 0)
    return Origin(origin, 0, f"line {inner} of {origin}, copied from twingen itself")
