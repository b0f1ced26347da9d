"""Measures `twingen watch`: from the save of one file to its twin on the disk.

The project is a copy of the driver's async source. The command runs as a developer
would run it. Files of several lengths are saved with another line in the body of a
function. The output is milliseconds: the first save of each file, then the best, the
median and the worst of the others, and the CPU time of the process. On a machine that
does other work too, only the best is reliable.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = (
    *("async_src", "generated", "examples", "tests", "benchmarks", "docs"),
    *("README.md", "pyproject.toml"),
)
FILES = (
    *("waiting/readiness", "cursors/cursor", "sessions/session"),
    "connections/connection",
)
SAVES = 15
# Seconds after which a twin is not waited for any longer.
PATIENCE = 300


def copy_project(root: Path) -> None:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name)
        else:
            shutil.copy(ROOT / name, root)


def cpu_of(process: int) -> float:
    """Return the CPU seconds of a process (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for(twin: Path, before: int) -> None:
    end = time.monotonic() + PATIENCE
    while twin.stat().st_mtime_ns == before:
        if time.monotonic() > end:
            raise SystemExit(f"{twin} was not written in {PATIENCE} s")
        time.sleep(0.001)


def save(source: Path, twin: Path, text: str) -> float:
    """Save a source; return the seconds until its twin was written."""
    before = twin.stat().st_mtime_ns
    began = time.perf_counter()
    source.write_text(text, encoding="utf-8")
    wait_for(twin, before)
    return time.perf_counter() - began


def measure(root: Path, name: str, process: int) -> None:
    source = root / "async_src" / "pgtwin" / "aio" / f"{name}.py"
    twin = root / "generated" / "pgtwin_sync" / f"{name}.py"
    text = source.read_text(encoding="utf-8")
    head, found, tail = text.rpartition("\n        return ")
    assert found, source
    cpu, times = 0.0, []
    for number in range(SAVES + 1):
        began = cpu_of(process)
        seconds = save(
            source, twin, f"{head}\n        assert {number}, self{found}{tail}"
        )
        time.sleep(0.2)  # until it looks again
        if number:
            times.append(seconds)
            cpu += cpu_of(process) - began
        else:
            first = seconds
    figures = first, min(times), statistics.median(times), max(times), cpu / SAVES
    shown = " | ".join(f"{figure * 1000:.0f}" for figure in figures)
    lines = text.count("\n")
    print(f"| {lines} | {shown} |", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        copy_project(root)
        watch = subprocess.Popen(
            [sys.executable, "-m", "twingen", "--project", folder, "watch"],
            env={**os.environ, "TWINGEN_CACHE_DIR": str(root / "cache")},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert watch.stdout is not None
            print(watch.stdout.readline(), end="", flush=True)
            probe = root / "async_src" / "pgtwin" / "aio" / "sessions" / "notifies.py"
            twin = root / "generated" / "pgtwin_sync" / "notify.py"
            text = probe.read_text(encoding="utf-8")
            save(probe, twin, f"{text}# more\n")  # it has read everything by then
            print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
            print("| lines | first save ms | best | median | worst | CPU |")
            print("|--:|--:|--:|--:|--:|--:|")
            for name in FILES:
                measure(root, name, watch.pid)
        finally:
            watch.terminate()
            watch.wait()


if __name__ == "__main__":
    main()
