"""Runs the example programs in both forms, and compares their output.

It starts an embedded PostgreSQL (or uses `PGTWIN_TEST_DSN`), runs `twingen build`, and
then runs every program of `examples/` in its async form and as the generated twin in
`generated/examples/`. Exits with 1 if the outputs differ.
"""

from __future__ import annotations

import asyncio
import importlib.util
import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.embedded_server import running_server

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
TWINS = ROOT / "generated" / "examples"


class Outcome(NamedTuple):
    """The output of a program, and the seconds that it took."""

    lines: list[str]
    seconds: float


def load(program: Path) -> Callable[[str], Any]:
    """Return the `main` of a program, in either form."""
    name = ".".join(program.relative_to(ROOT).with_suffix("").parts)
    spec = importlib.util.spec_from_file_location(name, program)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    main: Callable[[str], Any] = module.main
    return main


def run(main: Callable[[str], Any], dsn: str) -> Outcome:
    """Run a program in either form."""
    output = io.StringIO()
    started = time.perf_counter()
    with redirect_stdout(output):
        running = main(dsn)
        if running is not None:
            asyncio.run(running)
    return Outcome(output.getvalue().splitlines(), time.perf_counter() - started)


def side_by_side(left: list[str], right: list[str]) -> Iterator[str]:
    """Yield the lines of two outputs next to each other; `!` marks a difference."""
    width = max(len(line) for line in left)
    for one, other in zip_longest(left, right):
        mark = " " if one == other else "!"
        yield f"{mark} {one or '':{width}} | {other or ''}".rstrip()


def compare(program: Path, dsn: str) -> bool:
    """Run both forms of a program, show what they print, say whether it is equal."""
    twin = TWINS / program.name
    written = run(load(program), dsn)
    generated = run(load(twin), dsn)
    equal = bool(written.lines) and written.lines == generated.lines
    print(f"\n{program.relative_to(ROOT)} | {twin.relative_to(ROOT)}")
    for line in side_by_side(written.lines or ["(nothing)"], generated.lines):
        print(line)
    print(
        f"{'equal' if equal else 'DIFFERENT'}: {written.seconds * 1000:.1f} ms async, "
        f"{generated.seconds * 1000:.1f} ms sync"
    )
    return equal


def main() -> int:
    print("$ twingen build", flush=True)
    command = [sys.executable, "-m", "twingen", "build"]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code:
        return code
    programs = sorted(EXAMPLES.glob("*.py"))
    print("starting PostgreSQL", flush=True)
    with running_server() as dsn:
        differing = [path.name for path in programs if not compare(path, dsn)]
    if differing or not programs:
        print(f"\n{len(differing)} of {len(programs)} differ: {', '.join(differing)}")
        return 1
    print(
        "\nThis showed that twingen generates sync programs, and the sync driver below "
        f"them, that print the same as their async sources: {len(programs)} of "
        f"{len(programs)} programs, against a real PostgreSQL."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
