"""Converts released libraries file by file; counts what converts and what does not.

Each table of `survey/releases.toml` is one release on PyPI, by the hash of its wheel,
and says how it is configured. Nothing of it is edited. The twins of what converts are
imported, beside the libraries that the release requires. The exit code is 1 when less
converts than `survey/figures.csv` says, or a twin cannot be imported that its source
can.

    python codegen/adopted/survey.py [LIBRARY ...]
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from platformdirs import user_cache_path
from releases import run, unpack_wheel, wheel

from twingen.diagnostics.diagnostic import ConfigurationError, Diagnostic
from twingen.project.config import load
from twingen.project.preview import Preview
from twingen.project.source_results import results
from twingen.project.twin_folders import Project
from twingen.reports.work_list import Group, grouped

HERE = Path(__file__).parent
RELEASES = HERE / "survey" / "releases.toml"
FIGURES = HERE / "survey" / "figures.csv"
# What only an asynchronous module imports.
_LIBRARIES = {"asyncio", "anyio", "trio"}
_ASYNCHRONOUS = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
# How many lines of a library may be left for it to be called nearly whole.
_FEW = 10
_EXAMPLES = 3
# What is said of a twin that needs one which is refused.
WAITS = "waits for a twin that is refused"


@dataclass(frozen=True)
class Surveyed:
    """One release, and how it is configured.

    `packages` are the folders of the wheel that are sources; the twin of each stands
    beside it, `x_sync` beside `x`. `trees` replaces them where that is not enough, and
    `twingen` is what else stands in `[tool.twingen]`.
    """

    name: str
    version: str
    sha256: str
    packages: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    twingen: Mapping[str, Any] = field(default_factory=dict)

    @property
    def configuration(self) -> str:
        """The `[tool.twingen]` that the release is converted with."""
        trees = [
            {
                "source": package,
                "target": _twin(package),
                "module": package.replace("/", "."),
                "twin": _twin(package).replace("/", "."),
                **({"exclude": list(self.exclude)} if self.exclude else {}),
            }
            for package in self.packages
        ]
        runtime = f"{trees[0]['twin']}._runtime"
        # Without it all is converted twice, as the sources are to decide.
        chosen = {"runtime": runtime, "tasks": "turns"}
        table = {"trees": trees, **chosen, **self.twingen}
        lines = [f"{key} = {_toml(value)}" for key, value in table.items()]
        return "\n".join(["[tool.twingen]", *lines, ""])


@dataclass(frozen=True)
class Figures:
    """What is counted of one release; `lines` are those with refusals.

    `files` are those with asynchronous code, `imported` the twins that were imported
    of any.
    """

    library: str
    version: str
    files: int = 0
    converted: int = 0
    lines: int = 0
    imported: int = 0

    @property
    def is_whole(self) -> bool:
        return self.files > 0 and not self.lines

    def falls_behind(self, earlier: Figures) -> list[str]:
        """Say what is worse than it was."""
        worse = [
            f"{key}: {now}, and {before} before"
            for key, sign in (("converted", 1), ("lines", -1), ("imported", 1))
            if sign * ((now := getattr(self, key)) - (before := getattr(earlier, key)))
            < 0
        ]
        return worse if self.version == earlier.version else []


@dataclass(frozen=True)
class Row:
    """What came of one release; `problems` are what must not be."""

    figures: Figures
    refusals: tuple[Diagnostic, ...] = ()
    seconds: float = 0.0
    problems: tuple[str, ...] = ()


def releases() -> list[Surveyed]:
    """Read the pinned releases."""
    tables = tomllib.loads(RELEASES.read_text(encoding="utf-8"))
    found = []
    for name, table in tables.items():
        lists = {
            key: tuple(value) for key, value in table.items() if type(value) is list
        }
        found.append(Surveyed(name, **{**table, **lists}))
    return found


def read_figures(file: Path) -> dict[str, Figures]:
    """Read the figures of an earlier run, by the names of the libraries."""
    with file.open(encoding="utf-8", newline="") as lines:
        return {
            row["library"]: Figures(
                row["library"],
                row["version"],
                **{key: int(row[key]) for key in list(row)[2:]},
            )
            for row in csv.DictReader(lines)
        }


def write_figures(file: Path, rows: Iterable[Figures]) -> None:
    """Write figures, sorted by the names of the libraries."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(each.name for each in fields(Figures))
        for row in sorted(rows, key=lambda row: row.library):
            writer.writerow(asdict(row).values())


def survey(release: Surveyed, cache: Path) -> Row:
    """Convert one release and import its twins, in processes of their own."""
    home = cache / f"{release.name}-{release.version}"
    archive = wheel(release.name, release.version, release.sha256, home)
    libraries = home / "libraries"
    if not libraries.exists():
        target = f"--target={libraries}"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", target]
        run([*pip, str(archive), *release.requires], home)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        unpack_wheel(archive, root)
        settings = release.configuration
        (root / "pyproject.toml").write_text(settings, encoding="utf-8")
        this = [sys.executable, __file__]
        done = run([*this, "--convert", str(libraries), str(root)], HERE)
        found: dict[str, Any] = json.loads(done)
        pairs: dict[str, str] = found["modules"]
        # A twin may be in a package whose other modules have none.
        shutil.copytree(root / "twingen-preview", root, dirs_exist_ok=True)
        paths = [root, libraries]
        sources = import_modules([*pairs], (), paths)
        twins = import_modules([*pairs.values()], found["refused"], paths)
    refusals = tuple(Diagnostic(**each) for each in found["refusals"])
    problems = [
        f"{pairs[source]} cannot be imported: {twins[pairs[source]]}"
        for source in pairs
        if not sources[source] and twins[pairs[source]] not in ("", WAITS)
    ]
    figures = Figures(
        release.name,
        release.version,
        found["files"],
        found["converted"],
        len({(each.path, each.line) for each in refusals}),
        sum(not said for said in twins.values()),
    )
    return Row(figures, refusals, found["seconds"], tuple(problems))


def convert(root: Path) -> dict[str, Any]:
    """Convert what can be of a project; write the twins, and tell what is refused."""
    started = time.process_time()
    project = Project(load(root), partly=True)
    found = results(project)
    seconds = time.process_time() - started
    Preview(project).write()
    modules: dict[str, str] = {}
    refused: list[str] = []
    files = converted = 0
    for each in found:
        if each.source.suffix != ".py":
            continue
        is_counted = is_asynchronous(each.source) or bool(each.refusals)
        files += is_counted
        converted += is_counted and not each.refusals
        if each.target is None:
            continue
        source, twin = _module(each.source, root), _module(each.target, root)
        if each.refusals:
            refused.append(twin)
        elif not source.endswith("__main__"):
            modules[source] = twin
    return {
        "files": files,
        "converted": converted,
        "seconds": seconds,
        "modules": modules,
        "refused": refused,
        "refusals": [asdict(each) for result in found for each in result.refusals],
    }


def is_asynchronous(file: Path) -> bool:
    """Return whether a module has asynchronous code, or imports asyncio or its like."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        if any(name.partition(".")[0] in _LIBRARIES for name in names):
            return True
        if isinstance(node, _ASYNCHRONOUS):
            return True
    return False


def import_modules(
    names: Sequence[str], refused: Collection[str], paths: Sequence[Path]
) -> dict[str, str]:
    """Import modules in a Python that has these paths; return what it says of each.

    That is nothing where all is well, and `WAITS` where one that is `refused` is not
    there.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.json"
        given = json.dumps([list(names), list(map(str, paths))])
        python = [sys.executable, "-S", str(HERE / "import_modules.py"), given]
        run([*python, str(file)], Path(folder))
        said = json.loads(file.read_text(encoding="utf-8"))
    found = {}
    for name, answer in said.items():
        found[name] = answer["text"] if answer else ""
        parts = name.split(".")
        above = (".".join(parts[:end]) for end in range(1, len(parts)))
        if answer and (
            not {*refused}.isdisjoint(answer["missing"])
            or any(found.get(package) == WAITS for package in above)
        ):
            found[name] = WAITS
    return found


def causes(rows: Sequence[Row]) -> list[Group]:
    """Return the refusals of all libraries by their causes, most files first."""
    refusals = [
        replace(each, path=f"{row.figures.library}: {each.path}")
        for row in rows
        for each in row.refusals
    ]
    return sorted(grouped(refusals), key=lambda group: group.files, reverse=True)


def freed(groups: Sequence[Group]) -> dict[int, int]:
    """Return how many files convert when one cause goes, by the cause's position."""
    of_file: dict[str, set[int]] = {}
    for number, group in enumerate(groups):
        for place in group.places:
            of_file.setdefault(place.path, set()).add(number)
    alone = [numbers for numbers in of_file.values() if len(numbers) == 1]
    return {
        number: sum(number in numbers for numbers in alone)
        for number in range(len(groups))
    }


def table_of_causes(rows: Sequence[Row], *, examples: int = 0) -> Iterator[str]:
    """Yield the lines of the table of causes, with example places if asked for."""
    groups = causes(rows)
    alone = freed(groups)
    yield "| code | rule | what is said | files | of these alone | places | libraries |"
    yield "|---|---|---|--:|--:|--:|--:|"
    for number, group in enumerate(groups):
        first, _ = group.messages[0]
        libraries = {place.path.partition(":")[0] for place in group.places}
        message = first.message.replace("|", "\\|")
        yield (
            f"| {first.code} | {first.rule} | {message} | {group.files} "
            f"| {alone[number]} | {len(group.places)} | {len(libraries)} |"
        )
        for place in _spread(group.places)[:examples]:
            yield f"    {place.path}:{place.line}: {place.excerpt.strip()[:100]}"


def _spread(places: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return places with those first that are in different libraries."""
    seen: set[str] = set()
    first: list[Diagnostic] = []
    later: list[Diagnostic] = []
    for place in places:
        library = place.path.partition(":")[0]
        (later if library in seen else first).append(place)
        seen.add(library)
    return first + later


def _twin(package: str) -> str:
    return f"{package}_sync"


def _module(file: Path, root: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _toml(value: object) -> str:
    """Write a value of a configuration as TOML."""
    if isinstance(value, Mapping):
        pairs = [f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items()]
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


def main(arguments: Sequence[str]) -> int:
    """Print a row for each library; return 1 if something is worse than it was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("libraries", nargs="*", help="default: all of them")
    cache = user_cache_path("twingen-survey", appauthor=False)
    parser.add_argument("--cache", type=Path, default=cache, help="for downloads")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="write the figures down")
    parser.add_argument("--causes", type=Path, help="file for causes with examples")
    parser.add_argument("--convert", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.convert is not None:
        sys.path.append(str(options.convert))  # what the release requires
        json.dump(convert(Path(options.libraries[0])), sys.stdout)
        return 0
    wanted = [
        each
        for each in releases()
        if not options.libraries or each.name in options.libraries
    ]

    def surveyed(release: Surveyed) -> Row:
        try:
            row = survey(release, options.cache)
        except (RuntimeError, ConfigurationError, OSError) as error:
            empty = Figures(release.name, release.version)
            row = Row(empty, problems=(str(error),))
        print(".", end="", file=sys.stderr, flush=True)
        return row

    with ThreadPoolExecutor(options.processes) as pool:
        rows = list(pool.map(surveyed, wanted))
    print(file=sys.stderr)
    print("\n".join([*_table(rows), "", *table_of_causes(rows)]))
    if options.causes is not None:
        lines = [*_table(rows), "", *table_of_causes(rows, examples=_EXAMPLES), ""]
        options.causes.write_text("\n".join(lines), encoding="utf-8")
    known = read_figures(FIGURES) if FIGURES.exists() else {}
    problems = [
        f"{row.figures.library}: {said}" for row in rows for said in row.problems
    ]
    if options.write:
        known |= {row.figures.library: row.figures for row in rows}
        write_figures(FIGURES, known.values())
    else:
        problems += [
            f"{row.figures.library}: {said}"
            for row in rows
            if (before := known.get(row.figures.library)) is not None
            for said in row.figures.falls_behind(before)
        ]
    print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
    return 1 if problems or not rows else 0


def _table(rows: Sequence[Row]) -> Iterator[str]:
    yield "| library | files | converted | lines left | twins imported | seconds |"
    yield "|---|--:|--:|--:|--:|--:|"
    for row in rows:
        each = row.figures
        yield (
            f"| {each.library} {each.version} | {each.files} | {each.converted} "
            f"| {each.lines} | {each.imported} | {row.seconds:.1f} |"
        )
    found = [row.figures for row in rows]
    files = sum(each.files for each in found)
    converted = sum(each.converted for each in found)
    yield (
        f"| {len(found)} libraries | {files} | {converted} "
        f"| {sum(each.lines for each in found)} "
        f"| {sum(each.imported for each in found)} "
        f"| {sum(row.seconds for row in rows):.1f} |"
    )
    whole = sum(each.is_whole for each in found)
    nearly = sum(each.files > 0 and each.lines < _FEW for each in found)
    share = 100 * converted / files if files else 0
    yield ""
    yield (
        f"{share:.1f} % of the files convert; {whole} libraries are whole, {nearly} "
        f"have fewer than {_FEW} lines left."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
