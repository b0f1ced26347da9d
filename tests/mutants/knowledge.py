"""Which tests there are, and what is remembered of them from one run to the next.

A test is asked again when its file, or any file that is mutated, has changed.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from tests.mutants.lane import Known
from tests.mutants.product import Product


def read(root: Path, product: Product, keep: Path | None) -> dict[str, Known]:
    """Return what a file remembers and still holds, by test."""
    if keep is None or not keep.exists():
        return {}
    content = json.loads(keep.read_text())
    now = _digests(root, product)
    if content["sources"] != _sources(root, product):
        return {}
    return {
        test: Known(**each)
        for test, each in content["known"].items()
        if content["digests"].get(_file(test)) == now.get(_file(test))
    }


def remember(root: Path, product: Product, keep: Path, known: dict[str, Known]) -> None:
    content = {
        "sources": _sources(root, product),
        "digests": _digests(root, product),
        "known": {test: asdict(each) for test, each in known.items()},
    }
    keep.write_text(json.dumps(content))


def stale(root: Path, product: Product, known: dict[str, Known]) -> list[str]:
    """Return the files of tests of which nothing is known."""
    return sorted(_digests(root, product).keys() - {_file(test) for test in known})


def _file(test: str) -> str:
    return test.partition("::")[0]


def _digests(root: Path, product: Product) -> dict[str, str]:
    working = root / product.working
    return {
        path.relative_to(working).as_posix(): sha256(path.read_bytes()).hexdigest()
        for pattern in product.tests
        for path in working.glob(pattern)
    }


def _sources(root: Path, product: Product) -> str:
    digest = sha256()
    for path in product.modules(root):
        digest.update(path.read_bytes())
    return digest.hexdigest()
