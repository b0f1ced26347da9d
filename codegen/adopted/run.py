"""Converts released libraries by configuration alone; runs their tests in both forms.

Each `*.toml` beside this file names one release on PyPI, by its hash, and the commit of
its repository for what it leaves out. Nothing of what is in it is edited, but for the
lines that the file marks: the configuration is appended to its `pyproject.toml`, the
twins are built, and the tests of both forms are run in an environment of their own. The
exit code is 1 when a test passes in one form only, and is not left out for a reason, or
passes with the twin that the release ships and not with ours.

    python codegen/adopted/run.py [--keep FOLDER] [LIBRARY ...]
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from environment import environment
from library import Library, Script, load
from likeness import Likeness, compare, generated
from marks import mark
from outcomes import (
    by_function,
    counted,
    lost,
    matching,
    outcomes,
    surroundings,
    without,
)
from releases import run, unpack_source
from repository import complete

HERE = Path(__file__).parent
RUNS = 2  # of twingen and of the library's own generator, by turns


@dataclass(frozen=True)
class Work:
    """What a generator wrote, and the CPU seconds of itself and its processes."""

    files: int = 0
    lines: int = 0
    seconds: float = 0.0


@dataclass
class Row:
    """What came of one library."""

    library: Library
    ours: Work = field(default_factory=Work)
    theirs: Work = field(default_factory=Work)
    async_tests: int = 0
    sync_tests: int = 0
    shipped_tests: int = 0
    left_out: int = 0
    likeness: Likeness = field(default_factory=Likeness)
    problems: list[str] = field(default_factory=list)


def convert(root: Path, cache: Path) -> Work:
    """Build the twins from nothing, and check them."""
    twingen = shutil.which("twingen", path=os.path.dirname(sys.executable))
    assert twingen is not None, "twingen is not installed beside this Python"
    environ = {**os.environ, "TWINGEN_CACHE_DIR": str(cache)}
    seconds = measured([[twingen, "build", "--quiet", "--force"]], root, environ)
    run([twingen, "check", "--quiet"], root, environ)
    return work(generated(root), seconds)


def convert_by_script(
    script: Script, shipped: Path, twins: list[Path], root: Path, programs: Path
) -> Work:
    """Let the library's own generator make its twins in a copy of the release."""
    shutil.copytree(shipped, root, symlinks=True)
    for path in twins:
        (root / path).unlink(missing_ok=True)
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*.py")}
    environ = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    commands = [
        [str(programs / first), *(name for word in rest for name in words(root, word))]
        for first, *rest in script.commands
    ]
    seconds = measured(commands, root, environ, script.status)
    after = root.rglob("*.py")
    return work([x for x in after if before.get(x) != x.stat().st_mtime_ns], seconds)


def words(root: Path, word: str) -> list[str]:
    """Return a word of a command, or the files that it is a pattern of."""
    return matching(root, word) if "*" in word else [word]


def work(files: list[Path], seconds: float) -> Work:
    """Count what was written."""
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    return Work(len(files), lines, seconds)


def measured(
    commands: list[list[str]],
    folder: Path,
    environ: Mapping[str, str],
    status: int = 0,
) -> float:
    """Run commands; return the CPU seconds of them and their processes."""
    before = os.times()
    for command in commands:
        run(command, folder, environ, good=(status,))
    after = os.times()
    user = after.children_user - before.children_user
    return user + after.children_system - before.children_system


def adopt(library: Library, folder: Path) -> Row:
    """Convert one library, compare, and run its tests in both forms."""
    row = Row(library)
    release = folder / "release"
    pinned = library.name, library.version, library.sha256
    root = unpack_source(*pinned, release)
    if library.repository is not None:
        complete(root, library.repository, folder / "repository")
    shipped = shutil.copytree(root, folder / "shipped", symlinks=True)
    mark(root, library.marks)
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{library.configuration}")
    row.ours = convert(root, folder / "cache")
    twins = [path.relative_to(root) for path in generated(root)]
    row.likeness = compare(shipped, root, library.name)
    for key in ("equal", "equal_code"):
        found, expected = getattr(row.likeness, key), getattr(library, key)
        if found != expected:
            row.problems.append(f"{found} files are {key}, and {expected} were")
    if library.script is not None:
        compare_scripts(row, library.script, twins, (folder, root, shipped))
    if library.tests:
        row.problems += test(row, root, shipped, folder / "environment")
    return row


def compare_scripts(
    row: Row, script: Script, twins: list[Path], places: tuple[Path, Path, Path]
) -> None:
    """Run twingen and the library's own generator by turns; keep the faster runs."""
    folder, root, shipped = places
    programs = environment(script.requires, folder / "generator")
    ours, theirs = [], []
    for number in range(RUNS):
        again = folder / f"own{number}"
        theirs.append(convert_by_script(script, shipped, twins, again, programs))
        ours.append(convert(root, folder / f"cache{number}"))
    row.ours = min(ours, key=lambda each: each.seconds)
    row.theirs = min(theirs, key=lambda each: each.seconds)


def test(row: Row, root: Path, shipped: Path, folder: Path) -> Iterator[str]:
    """Run the tests of both forms; yield what does not pass in the twin."""
    library = row.library
    python = environment(library.requires, folder) / "python"
    with surroundings(library) as environ:
        both = library.deselect
        source = outcomes(library, root, python, library.tests, environ, both)
        some = [*both, *library.left_out]
        twin = outcomes(library, root, python, library.twin_tests, environ, some)
        theirs = {}
        if row.likeness.files:
            theirs = outcomes(
                library, shipped, python, library.twin_tests, environ, some
            )
    all_passed = len(counted(source, "passed"))
    for each in library.left_out:
        before, source = source, without(source, library.tests, each)
        if len(source) == len(before):
            yield f"{each} is left out, and the async form has no such test"
    row.left_out = all_passed - len(counted(source, "passed"))
    passed = counted(source, "passed"), counted(twin, "passed")
    row.async_tests, row.sync_tests = map(len, passed)
    if library.passing and {*map(len, passed)} != {library.passing}:
        yield (
            f"{row.async_tests} tests pass, and {row.sync_tests} in the twin; "
            f"{library.passing} did"
        )
    row.shipped_tests = len(counted(theirs, "passed"))
    failed = counted(source, "failed"), counted(twin, "failed")
    yield from lost(theirs, twin)
    yield from unexpected("async form", failed[0], library.failing_async)
    yield from unexpected("twin", failed[1], library.failing)
    made = {path.relative_to(root) for path in generated(root)}
    if any(str(path).startswith(library.twin_tests) for path in made):
        counts = (
            by_function(passed[0], library.tests, library.backends),
            by_function(passed[1], library.twin_tests, ()),
        )
        for name in sorted(counts[0].keys() | counts[1].keys()):
            times = counts[0][name], counts[1][name]
            if times[0] != times[1]:
                yield f"{name} passes {times[0]} times, and {times[1]} in the twin"


def unexpected(form: str, failed: list[str], count: int) -> Iterator[str]:
    """Yield a text unless as many tests have failed as are known to."""
    if len(failed) != count:
        names = "\n  ".join(failed)
        yield f"{len(failed)} tests of the {form} fail, and {count} did:\n  {names}"


def main() -> int:
    """Print a row for each library; return 1 if one is not green."""
    libraries = {file.stem: load(file) for file in sorted(HERE.glob("*.toml"))}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "wanted", nargs="*", metavar="LIBRARY", help=f"all: {', '.join(libraries)}"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="a folder for what is made"
    )
    options = parser.parse_args()
    wanted = options.wanted or list(libraries)
    if unknown := sorted({*wanted} - libraries.keys()):
        parser.error(f"no file here is for {', '.join(unknown)}")
    rows: list[Row] = []
    for library in map(libraries.__getitem__, wanted):
        with tempfile.TemporaryDirectory() as folder:
            try:
                place = Path(folder) if options.keep is None else options.keep
                rows.append(adopt(library, place / library.name))
            except RuntimeError as error:
                rows.append(Row(library, problems=[str(error)]))
    print(
        "| library | configuration | shipped | equal | but for docstrings | functions |"
    )
    print("|---|--:|--:|--:|--:|--:|")
    for row in rows:
        like = row.likeness
        print(
            f"| {row.library.name} {row.library.version} | {row.library.lines} "
            f"| {like.files} | {like.equal} | {like.equal_code} "
            f"| {like.equal_functions} of {like.functions} |"
        )
    print()
    print(
        "| library | configuration | marked | files | lines "
        "| async tests | sync tests | left out | with the shipped twin |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for row in rows:
        print(
            f"| {row.library.name} {row.library.version} | {row.library.lines} "
            f"| {len(row.library.marks)} | {row.ours.files} | {row.ours.lines:,} "
            f"| {row.async_tests} | {row.sync_tests} | {row.left_out} "
            f"| {row.shipped_tests} |"
        )
    print()
    print(
        "| library | twingen: files | lines | CPU seconds | own: files | lines | CPU |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|")
    for row in rows:
        print(f"| {row.library.name} {_cells(row.ours)} {_cells(row.theirs)} |")
    problems = [f"{row.library.name}: {text}" for row in rows for text in row.problems]
    print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
    return 1 if problems else 0


def _cells(work: Work) -> str:
    if not work.files:
        return "| | |"
    return f"| {work.files} | {work.lines:,} | {work.seconds:.2f}"


if __name__ == "__main__":
    sys.exit(main())
