"""Which tests there are, and what is remembered of them from one run to the next.

A test is asked again when its file, or any file that is mutated, has changed.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from tests.mutants.lane import Known
from tests.mutants.mutations import FOLDERS

# The async form: it is what is mutated, its twin is not made again.
TESTS = ("tests/aio/test_*.py", "tests/core/test_*.py")


def read(root: Path, keep: Path | None) -> dict[str, Known]:
    """Return what a file remembers and still holds, by test."""
    if keep is None or not keep.exists():
        return {}
    content = json.loads(keep.read_text())
    now = _digests(root)
    if content["sources"] != _sources(root):
        return {}
    return {
        test: Known(**each)
        for test, each in content["known"].items()
        if content["digests"].get(_file(test)) == now.get(_file(test))
    }


def remember(root: Path, keep: Path, known: dict[str, Known]) -> None:
    content = {
        "sources": _sources(root),
        "digests": _digests(root),
        "known": {test: asdict(each) for test, each in known.items()},
    }
    keep.write_text(json.dumps(content))


def stale(root: Path, known: dict[str, Known]) -> list[str]:
    """Return the files of tests of which nothing is known."""
    return sorted(_digests(root).keys() - {_file(test) for test in known})


def _file(test: str) -> str:
    return test.partition("::")[0]


def _digests(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): sha256(path.read_bytes()).hexdigest()
        for pattern in TESTS
        for path in root.glob(pattern)
    }


def _sources(root: Path) -> str:
    digest = sha256()
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
