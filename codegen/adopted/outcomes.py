"""What comes of a library's tests, by the words of pytest."""

from __future__ import annotations

import os
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from daemons import running
from library import Library
from releases import run

SECONDS = 1800  # for the tests of one form
PLUGIN = Path(__file__).parent / "plugin"
FAILURES = ("failure", "error")


@contextmanager
def surroundings(library: Library) -> Iterator[dict[str, str]]:
    """Give the variables of the tests, with the servers that they need."""
    with ExitStack() as stack:
        for daemon in library.daemons:
            stack.enter_context(running(daemon))
        if library.server:
            address = stack.enter_context(_postgresql())
            yield {**os.environ, library.server: address}
        else:
            yield dict(os.environ)


@contextmanager
def _postgresql() -> Iterator[str]:
    sys.path.append(str(Path(__file__).parents[2]))
    from tests.helpers.embedded_server import running_server

    with running_server() as address:
        yield address


def outcomes(
    library: Library,
    root: Path,
    python: Path,
    tests: tuple[str, ...],
    environ: Mapping[str, str],
    deselect: Iterable[str],
) -> dict[str, str]:
    """Run tests; return `passed`, `failed` or `skipped` by module and name.

    Raises `RuntimeError` with what pytest says when it cannot run them, or when the
    library that they would test is not the one below `root`.
    """
    path = str((root / library.path).resolve())
    paths = {**environ, "PYTHONPATH": os.pathsep.join([path, str(PLUGIN)])}
    _check_place(library.package or library.name, path, python, root, paths)
    report = root / "report.xml"
    options = [
        "-q",
        "-p",
        "leaving_out",
        f"--junitxml={report}",
        "-o",
        f"cache_dir={root / 'cache'}",
    ]
    options += [
        f"--leave-out={at}/{each}" for at in folders(tests) for each in deselect
    ]
    files = [name for pattern in tests for name in matching(root, pattern)]
    command = [str(python), "-m", "pytest", *options, *library.options, *files]
    run(command, root, paths, good=(0, 1), seconds=SECONDS)
    found: dict[str, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname', '')}::{case.get('name')}"
        if any(case.find(kind) is not None for kind in FAILURES):
            found[name] = "failed"
        elif case.find("skipped") is not None:
            found.setdefault(name, "skipped")
        else:
            found.setdefault(name, "passed")
    return found


def _check_place(
    package: str, path: str, python: Path, root: Path, environ: Mapping[str, str]
) -> None:
    """Raise `RuntimeError` if a package would be imported from somewhere else."""
    find = f"import importlib.util as util; place = util.find_spec({package!r}).origin"
    check = f"assert place.startswith({path!r}), place"
    run([str(python), "-c", f"{find}; {check}"], root, environ)


def matching(root: Path, pattern: str) -> list[str]:
    """Return the files that a pattern names.

    Raises `RuntimeError` where there are none.
    """
    names = sorted(str(path.relative_to(root)) for path in root.glob(pattern))
    if not names:
        raise RuntimeError(f"no file is called {pattern}")
    return names


def counted(outcomes: Mapping[str, str], outcome: str) -> list[str]:
    """Return the tests with one outcome."""
    return sorted(name for name, found in outcomes.items() if found == outcome)


def by_function(
    names: list[str], tests: tuple[str, ...], backends: tuple[str, ...]
) -> Counter[str]:
    """Count the cases of each test function, whatever event loop they ran on."""
    loops = re.compile(rf"\[(?:{'|'.join(backends) or '$'})(?:-|(?=\]))")
    cases = {loops.sub("[", below(name, tests)) for name in names}
    return Counter(name.partition("[")[0] for name in cases)


def below(name: str, tests: tuple[str, ...]) -> str:
    """Return the name of a test without the folder that it is in."""
    for folder in folders(tests):
        name = name.removeprefix(f"{folder.replace('/', '.')}.")
    return name


def folders(tests: tuple[str, ...]) -> list[str]:
    """Return the folders that tests are in."""
    return sorted(
        {each.rpartition("/")[0] if each.endswith(".py") else each for each in tests}
    )


def without(
    outcomes: Mapping[str, str], tests: tuple[str, ...], left_out: str
) -> dict[str, str]:
    """Return the outcomes but for what is left out: a file, a test or a case of one."""
    file, *names = left_out.split("::")
    *classes, test = [file.removesuffix(".py").replace("/", "."), *names]
    kinds = re.compile(rf"{re.escape('.'.join(classes))}::{re.escape(test)}(\[|$)")
    if not names:
        kinds = re.compile(rf"{re.escape(test)}(\.|::)")
    return {
        name: outcome
        for name, outcome in outcomes.items()
        if not kinds.match(below(name, tests))
    }


def lost(theirs: Mapping[str, str], ours: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each test that passes with the shipped twin alone."""
    for name in counted(theirs, "passed"):
        outcome = ours.get(name, "not run")
        if outcome != "passed":
            yield f"{name} passes with the shipped twin, and {outcome} with ours"
