"""Builds all distributions twice, compares the bytes, and tries the wheels.

`python tools/packages.py PYTHON...` writes `dist/`. Each wheel is tried on each Python
in an environment that contains nothing else, outside of the repository. The native core
needs a C compiler, and Linux, where its wheel is made portable to all distributions.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.embedded_server import running_server  # noqa: E402

DIST = ROOT / "dist"
NATIVE = "pgtwin_native"
SOURCES = (ROOT, ROOT / "native", ROOT / "codegen")
TYPED = {
    "pgtwin": ("pgtwin", "pgtwin_sync"),
    NATIVE: (NATIVE,),
    "twingen": ("twingen",),
}
PROBE = """
import sys
from importlib.metadata import version
from importlib.resources import files
name, *packages = sys.argv[1:]
assert __import__(name).__version__ == version(name)
for package in packages:
    assert (files(package) / "py.typed").is_file(), package
    assert sys.prefix in str(files(package)), files(package)
"""


def run(*command: object, check: bool = True, **environment: str) -> str:
    """Run a program outside of the repository and return what it prints."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=tempfile.gettempdir(),
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if check and done.returncode:
        sys.exit(f"$ {' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def build(folder: Path) -> dict[str, str]:
    """Build all sdists, and the wheels from them; return names and hashes."""
    committed = run("git", "-C", ROOT, "log", "-1", "--format=%ct").strip()
    # Or what an earlier build has left goes into the wheel.
    shutil.rmtree(ROOT / "native" / "build", ignore_errors=True)
    for source in SOURCES:
        run(
            *(sys.executable, "-m", "build", "--no-isolation"),
            *("--outdir", folder, source),
            SOURCE_DATE_EPOCH=committed,
            CFLAGS="-g0",  # what debuggers are told has paths in it
        )
    for archive in folder.glob("*.tar.gz"):
        pack_again(archive, int(committed))
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def pack_again(archive: Path, time: int) -> None:
    """Pack an sdist with the same time for all files; some backends do not."""
    with tarfile.open(archive) as packed:
        files = sorted(
            (entry.name, entry.mode, found.read())
            for entry in packed
            if (found := packed.extractfile(entry)) is not None
        )
    with (
        archive.open("wb") as opened,
        gzip.GzipFile("", "wb", fileobj=opened, mtime=time) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as packed,
    ):
        for name, mode, data in files:
            entry = tarfile.TarInfo(name)
            entry.mode, entry.mtime, entry.size = mode, time, len(data)
            packed.addfile(entry, io.BytesIO(data))


def make_portable() -> None:
    """Replace the wheel for this Linux by a wheel for each Linux (manylinux)."""
    (wheel,) = DIST.glob(f"{NATIVE}-*-abi3-linux_*.whl")
    run(sys.executable, "-m", "auditwheel", "repair", "--wheel-dir", DIST, wheel)
    wheel.unlink()


@contextmanager
def environment(python: str) -> Iterator[Path]:
    """Create an empty environment, and return its Python."""
    with tempfile.TemporaryDirectory() as folder:
        run(python, "-m", "venv", folder)
        yield next(Path(folder).glob("[bS]*/python*"))


def install(python: Path, name: str, extra: str = "") -> None:
    (wheel,) = DIST.glob(f"{name}-*.whl")
    found = ("--find-links", DIST)  # of what is not on PyPI yet
    run(python, "-m", "pip", "install", "--quiet", *found, f"{wheel}{extra}")
    run(python, "-c", PROBE, name, *TYPED[name])


def without_libpq(python: Path) -> None:
    """Check the message if psycopg's own libpq is requested and not installed."""
    said = run(python, "-c", "import pgtwin", check=False, PSYCOPG_IMPL="binary")
    assert 'pip install "pgtwin[binary]"' in said, said


def examples(python: Path, dsn: str, implementation: str) -> None:
    """Run a program in both forms, and check which engine it uses without a message."""
    asked = (
        "from pgtwin.core.engine.implementation import IMPLEMENTATION\n"
        "print(IMPLEMENTATION)"
    )
    found = run(python, "-c", asked).strip()
    assert found == implementation, (found, implementation)
    forms = ROOT / "docs" / "examples", ROOT / "generated" / "docs"
    written, generated = (run(python, each / "first.py", dsn) for each in forms)
    assert written == generated, (written, generated)
    assert "notes" in written, written


def main(pythons: list[str]) -> None:
    shutil.rmtree(DIST, ignore_errors=True)
    hashes = build(DIST)
    with tempfile.TemporaryDirectory() as folder:
        again = build(Path(folder))
    if again != hashes:
        sys.exit(f"built twice, and not the same:\n{hashes}\n{again}")
    for name, digest in hashes.items():
        print(f"{name}: sha256 {digest}, twice")
    make_portable()
    run(sys.executable, "-m", "twine", "check", "--strict", *DIST.iterdir())
    with running_server() as dsn:
        for each in pythons:
            with environment(each) as python:
                install(python, "pgtwin")
                without_libpq(python)
                install(python, "pgtwin", "[binary]")
                examples(python, dsn, "python")
                install(python, "pgtwin", "[native]")
                run(python, "-c", PROBE, NATIVE, *TYPED[NATIVE])
                examples(python, dsn, "native")
            with environment(each) as python:
                install(python, "twingen")
                run(
                    python,
                    ROOT / "codegen" / "tests" / "support" / "guide_walkthrough.py",
                )
            print(f"{each}: all wheels work", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or [sys.executable])
