"""Compares twingen with unasync and unasyncd on one input, including the layout.

Black lays out the result, or ruff if the row says so.

The input is the driver's own async source, in as many copies as the size needs. Every
tool starts without a cache, in a process of its own. Runs take turns, and the output is
medians. Further measurements are `twingen check` with and without a cache, a build
after small changes, and several sizes. `--json PATH` also writes the figures to a file.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SOURCE = Path(__file__).parent.parent / "async_src" / "pgtwin" / "aio"
# What stands for itself when only about 1,000 lines are asked for.
SMALL = (
    *("connect_attempts", "cancel", "connect", "pgconn", "blocking_call"),
    *("exchange", "timeout", "readiness"),
)
COPY_LINES = sum(path.read_bytes().count(b"\n") for path in SOURCE.rglob("*.py"))

# The command lines, from the folder that holds `src`; the twins go to `out`.
_BLACK = [sys.executable, "-m", "black", "--quiet", "--no-cache", "out"]
_UNASYNC = (
    "import pathlib, unasync; unasync.unasync_files("
    "[str(p.resolve()) for p in pathlib.Path('src').rglob('*.py')], "
    "[unasync.Rule('/src/', '/out/', {'AsyncConnection': 'Connection'})])"
)
_RUFF = [sys.executable, "-m", "ruff", "format", "--quiet", "--no-cache", "out"]
_TWINGEN = (
    "import sys; from twingen.commands.cli import main; sys.exit(main(sys.argv[1:]))"
)
_UNASYNCD = "from unasyncd.cli import main; main()"
_BUILD = [sys.executable, "-c", _TWINGEN, "build", "--quiet"]
TOOLS: dict[str, list[list[str]]] = {
    "twingen": [_BUILD],
    "twingen, ruff": [_BUILD],
    "unasyncd": [[sys.executable, "-c", _UNASYNCD, "--no-cache", "-q"], _BLACK],
    "unasync": [[sys.executable, "-c", _UNASYNC], _BLACK],
    "unasync, ruff": [[sys.executable, "-c", _UNASYNC], _RUFF],
}
# What stands in the configuration of each.
_FORMATTER = 'formatter = "{}"\n'


@dataclass(frozen=True)
class Run:
    """One run without a cache: CPU seconds, wall seconds, and the peak in MiB."""

    cpu: float
    wall: float
    peak: float


def make_input(root: Path, size: int) -> int:
    """Write a project of about `size` lines; return the exact number of lines."""
    small = size < COPY_LINES
    copies = 1 if small else -(-size // COPY_LINES)
    lines = 0
    libraries: dict[str, dict[str, str]] = {}
    for number in range(copies):
        folder = root / "src" / f"copy_{number:03}"
        folder.mkdir(parents=True)
        for path in sorted(SOURCE.rglob("*.py")):
            if small and path.stem not in (*SMALL, "__init__"):
                continue
            text = path.read_text(encoding="utf-8")
            if text.startswith("# twingen: async-only"):
                continue
            text = text.replace("pgtwin.aio", f"src.copy_{number:03}")
            lines += text.count("\n")
            for module, rows in configured().items():
                module = module.replace("pgtwin.aio", f"src.copy_{number:03}")
                for name, verdict in rows.items():
                    if re.search(rf"\b{name}\b", text):
                        libraries.setdefault(module, {})[name] = verdict
            copied = folder / path.relative_to(SOURCE)
            copied.parent.mkdir(exist_ok=True)
            copied.write_text(text, encoding="utf-8")
    (root / "src" / "__init__.py").touch()
    tables = [] if small else ["[tool.twingen.renames]", '"Async*" = "*"']
    for module, used in libraries.items():
        tables.append(f'[tool.twingen.libraries."{module}"]')
        tables += [f"{name} = {verdict}" for name, verdict in used.items()]
    (root / "pyproject.toml").write_text(
        '[project]\nname = "input"\nversion = "1"\nrequires-python = ">=3.10"\n'
        '[tool.twingen]\nruntime = "out.runtime"\n'
        + _FORMATTER.format("black")
        + 'trees = [{ source = "src", target = "out" }]\n'
        + "\n".join(tables)
        + '\n[tool.unasyncd]\nfiles = { "src" = "out" }\n'
        "transform_docstrings = true\n"
    )
    return lines


@cache
def configured() -> dict[str, dict[str, str]]:
    """Return the names in the configuration of the driver's own project, as TOML."""
    project = tomllib.loads((SOURCE.parents[2] / "pyproject.toml").read_text())
    found: dict[str, dict[str, str]] = {}
    for module, rows in project["tool"]["twingen"]["libraries"].items():
        if module == "asyncio" or module.startswith("pgtwin.aio."):
            found[module] = {name: _toml(row) for name, row in rows.items()}
    return found


def _toml(row: str | dict[str, str | bool]) -> str:
    if isinstance(row, str):
        return json.dumps(row)
    return f"{{ {', '.join(f'{k} = {json.dumps(v)}' for k, v in row.items())} }}"


def run(tool: str, root: Path) -> Run:
    """Run one tool without twins and without a cache."""
    shutil.rmtree(root / "out", ignore_errors=True)
    for kept in root.glob(".*cache*"):
        shutil.rmtree(kept)
    file = root / "pyproject.toml"
    black, ruff = (_FORMATTER.format(name) for name in ("black", "ruff"))
    text = file.read_text().replace(ruff, black)
    file.write_text(text.replace(black, ruff) if tool.endswith("ruff") else text)
    # unasyncd ends with 1 when it has written something.
    found = measured(TOOLS[tool], root, worst=int(tool == "unasyncd"))
    missing = {path.relative_to(root / "src") for path in root.glob("src/**/*.py")}
    missing -= {path.relative_to(root / "out") for path in root.glob("out/**/*.py")}
    if missing:
        raise SystemExit(f"{tool} wrote no twin of {len(missing)} files")
    return found


def measured(commands: list[list[str]], root: Path, *, worst: int = 0) -> Run:
    """Run commands one after the other; `worst` is the highest exit code allowed."""
    cpu = wall = peak = 0.0
    environment = {**os.environ, "TWINGEN_CACHE_DIR": str(root / ".twingen_cache")}
    # Programs that are installed have been compiled.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for command in commands:
        before = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=root, env=environment, stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall += time.perf_counter() - before
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) > worst:
            raise SystemExit(f"failed: {' '.join(command)}")
    return Run(cpu, wall, peak)


# What is put to the end of a source, by the row that says what that costs.
_FUNCTION = "\n\nasync def added_{0}(x: int) -> int:\n    return x"
_EDITS = {"one function added": _FUNCTION, "a line changed": " + {0}"}
_REFUSED = (
    "\n\nasync def only() -> None:  # twingen: async-only\n    pass\n"
    "\n\nasync def refused() -> None:\n    await only()\n"
)


def checks(size: int, rounds: int) -> dict[str, Run]:
    """Return the medians of `check`, with and without a cache, on an unchanged project.

    The others are those of a build after a change, and of the second `check` of a
    project with a refused source.
    """
    start = [sys.executable, "-c", _TWINGEN]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_input(root, size)
        run("twingen", root)
        found: dict[str, list[Run]] = {"cold": [], "warm": []}
        for _ in range(rounds):
            found["cold"].append(measured([[*start, "check", "--no-cache"]], root))
            found["warm"].append(measured([[*start, "check"]], root))
        edited = next(root.glob("src/**/session.py"))
        for number in range(rounds):
            for name, added in _EDITS.items():
                text = edited.read_text(encoding="utf-8").rstrip("\n")
                edited.write_text(text + added.format(number) + "\n", encoding="utf-8")
                runs = found.setdefault(name, [])
                runs.append(measured([[*start, "build", "--quiet"]], root))
        with edited.open("a", encoding="utf-8") as file:
            file.write(_REFUSED)
        measured([[*start, "check"]], root, worst=2)
        found["refused, second check"] = [
            measured([[*start, "check"]], root, worst=2) for _ in range(rounds)
        ]
    return {name: median(runs) for name, runs in found.items()}


def median(runs: list[Run]) -> Run:
    return Run(
        *(
            statistics.median(values)
            for values in zip(*((r.cpu, r.wall, r.peak) for r in runs), strict=True)
        )
    )


def compare(size: int, rounds: int) -> tuple[int, dict[str, Run]]:
    """Return the lines of the input, and each tool's medians."""
    with tempfile.TemporaryDirectory() as folder:
        lines = make_input(Path(folder), size)
        found: dict[str, list[Run]] = {tool: [] for tool in TOOLS}
        for _ in range(rounds):
            for tool in TOOLS:
                found[tool].append(run(tool, Path(folder)))
    return lines, {tool: median(runs) for tool, runs in found.items()}


def scale(sizes: list[int]) -> list[tuple[int, Run]]:
    """Return twingen's figures for several sizes, one run each."""
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            lines = make_input(Path(folder), size)
            found.append((lines, run("twingen", Path(folder))))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[1_000, 20_000, 200_000]
    )
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    lines, runs = compare(options.lines, options.rounds)
    own = runs["twingen"]
    print(f"{lines:,} lines, medians of {options.rounds} runs\n")
    print("| tool | CPU s | wall s | twingen's CPU to its | wall | peak MiB |")
    print("|---|---|---|---|---|---|")
    for tool, found in runs.items():
        print(
            f"| {tool} | {found.cpu:.1f} | {found.wall:.1f} "
            f"| {own.cpu / found.cpu:.2f} | {own.wall / found.wall:.2f} "
            f"| {found.peak:.0f} |",
            flush=True,
        )
    found_checks = checks(options.lines, options.rounds)
    cold = found_checks["cold"]
    print("\n| twingen check | CPU s | wall s | to cold |\n|---|---|---|---|")
    for name, found in found_checks.items():
        share = f"1/{cold.cpu / found.cpu:.0f}"
        print(f"| {name} | {found.cpu:.2f} | {found.wall:.2f} | {share} |", flush=True)
    sizes = scale(options.sizes)
    print(
        "\n| twingen, lines | CPU s | CPU ms per line | peak MiB |\n|---|---|---|---|"
    )
    for size, found in sizes:
        per_line = 1000 * found.cpu / size
        print(f"| {size:,} | {found.cpu:.1f} | {per_line:.2f} | {found.peak:.0f} |")
    if options.json:
        figures = {
            "lines": lines,
            "tools": {tool: asdict(found) for tool, found in runs.items()},
            "checks": {name: asdict(found) for name, found in found_checks.items()},
            "sizes": [{"lines": size, **asdict(found)} for size, found in sizes],
        }
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
