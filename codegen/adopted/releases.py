"""Releases on PyPI, downloaded by their hashes and unpacked.

pip downloads them, and refuses what has another hash.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

# The machine whose wheels are taken of what is compiled, whatever this one is.
_WHEELS = (
    *("--only-binary=:all:", "--implementation=cp", "--python-version=3.11"),
    *("--platform=manylinux_2_28_x86_64", "--platform=manylinux2014_x86_64"),
    *("--platform=manylinux1_x86_64", "--platform=any"),
)


def unpack_source(name: str, version: str, sha256: str, folder: Path) -> Path:
    """Unpack the source distribution of a release; return where its files are."""
    _download(name, version, sha256, folder, (f"--no-binary={name}",))
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    (root,) = (path for path in folder.iterdir() if path.is_dir())
    return root


def wheel(name: str, version: str, sha256: str, folder: Path) -> Path:
    """Return the wheel of a release in a folder, where it stays for the next time."""
    found = list(folder.glob("*.whl"))
    if not found:
        _download(name, version, sha256, folder, _WHEELS)
        found = list(folder.glob("*.whl"))
    (archive,) = found
    return archive


def unpack_wheel(archive: Path, folder: Path) -> None:
    """Unpack a wheel; its packages are in the folder itself."""
    with zipfile.ZipFile(archive) as files:
        files.extractall(folder)


def run(
    command: list[str],
    folder: Path,
    environ: Mapping[str, str] | None = None,
    good: tuple[int, ...] = (0,),
    seconds: float | None = None,
) -> str:
    """Run a command; return what it prints.

    Raises `RuntimeError` with the end of its output when its status is not a good one,
    or when it is not done in time.
    """
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        printed = (error.stdout or b"").decode(errors="replace")[-2000:]
        said = f"is not done after {seconds} seconds"
        raise RuntimeError(f"{' '.join(command[:4])} {said}\n{printed}") from None
    if done.returncode not in good:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-40:])
        raise RuntimeError(f"{' '.join(command[:4])} ...\n{last}")
    return done.stdout


def _download(
    name: str, version: str, sha256: str, folder: Path, kind: tuple[str, ...]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pins = folder / "pins.txt"
    pins.write_text(f"{name}=={version} --hash=sha256:{sha256}\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *kind]
    run([*pip, f"--dest={folder}", "--require-hashes", "-r", str(pins)], folder)
