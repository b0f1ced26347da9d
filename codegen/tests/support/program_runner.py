"""Runs async programs with asyncio, and their twins without; see `test_execution`."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import importlib.util
import io
import re
import sys
import types
from dataclasses import dataclass, field
from pathlib import Path

from twingen.analysis.symbols.library_tables import Tasks, built_in_libraries
from twingen.conversion.convert import Settings, convert
from twingen.formatting.formatter import Formatter, NoFormatter

FOLDER = Path(__file__).parents[1] / "programs"
_NEWER = re.compile(r"^# python: 3\.(\d+)$", re.MULTILINE)
_TASKS = re.compile(r"^# tasks: (threads|turns)$", re.MULTILINE)
_NEEDS = re.compile(r"^# needs: (\w+)$", re.MULTILINE)
EXAMPLE = re.compile(r"^async def (example_\w+)", re.MULTILINE)


@dataclass
class Unformatted(Settings):
    """What is only executed needs no layout, which takes half of the time."""

    formatter: Formatter = field(default_factory=NoFormatter)


def twin_of(
    code: str, settings: type[Settings] = Settings, tasks: Tasks = "threads"
) -> str:
    """Return a twin that imports the runtime from where twingen itself has it."""
    libraries = built_in_libraries(tasks)
    made = settings(libraries=libraries, runtime="twingen.runtime", tasks=tasks)
    return convert(code, settings=made).text


def ways(code: str) -> list[Tasks]:
    """Return what tasks may become in the twin of a program.

    `# tasks: turns` says that threads refuse it, or do something else.
    """
    only = _TASKS.search(code)
    every: tuple[Tasks, ...] = ("threads", "turns")
    return [each for each in every if only is None or only[1] == each]


def load(code: str, name: str) -> types.ModuleType:
    """Execute a program's module, without running any of its functions."""
    module = types.ModuleType(name)
    module.__file__ = str(FOLDER / f"{name}.py")
    sys.modules[name] = module
    # Annotations are evaluated as the program says, not as this module does.
    exec(compile(code, f"<{name}>", "exec", dont_inherit=True), vars(module))
    return module


def outcome(module: types.ModuleType, function: str) -> tuple[str, str, str]:
    """Call a function; return its result, what it printed and what it raised."""
    printed = io.StringIO()
    result = error = ""
    with contextlib.redirect_stdout(printed):
        try:
            call = getattr(module, function)
            # As asyncio.run() does, which the twin of a program has none of.
            value = contextvars.copy_context().run(call)
            result = repr(asyncio.run(value) if asyncio.iscoroutine(value) else value)
        except BaseException as raised:
            error = f"{type(raised).__name__}: {raised}"
    return result, printed.getvalue(), error


def examples() -> list[tuple[str, str, Tasks]]:
    """Return (file, function, tasks) of every example that this Python can run."""
    found: list[tuple[str, str, Tasks]] = []
    for path in sorted(FOLDER.glob("*.py")):
        code = path.read_text(encoding="utf-8")
        if can_run(code):
            for tasks in ways(code):
                found += [(path.stem, name, tasks) for name in EXAMPLE.findall(code)]
    return found


def can_run(code: str) -> bool:
    """Return whether this Python, and the libraries in it, can run a program."""
    newer = _NEWER.search(code)
    if newer is not None and sys.version_info < (3, int(newer[1])):
        return False
    return all(map(importlib.util.find_spec, _NEEDS.findall(code)))
