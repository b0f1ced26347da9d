"""Run the tests of each library with both drivers, and compare them one by one."""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from tests.consumers import (
    django,
    langgraph,
    pgcli,
    pgqueuer,
    pgvector,
    pools,
    procrastinate,
)
from tests.consumers.library import Library, Outcome, Server
from tests.support.embedded_server import running_server

LIBRARIES = [
    pools.LIBRARY,
    pgvector.LIBRARY,
    langgraph.LIBRARY,
    procrastinate.LIBRARY,
    pgqueuer.LIBRARY,
    pgcli.LIBRARY,
    django.LIBRARY,
    django.ALIASED,
]


def summary(outcome: Outcome) -> str:
    counts = Counter(outcome.values())
    return ", ".join(f"{counts[kind]} {kind}" for kind in sorted(counts)) or "no test"


def complaints(library: Library, theirs: Outcome, ours: Outcome) -> Iterator[str]:
    """Yield a line for each difference that has no reason, and the reverse."""
    if "passed" not in theirs.values():
        yield "no test has passed with psycopg: is all installed that they need?"
    explained = set()
    for name in sorted({*theirs, *ours}):
        pair = theirs.get(name, "not run"), ours.get(name, "not run")
        if pair[0] == pair[1]:
            continue
        told = f"{name}: {pair[0]} with psycopg, {pair[1]} with pgtwin"
        patterns = [x for x in library.reasons if fnmatchcase(name, x)]
        if patterns:
            explained.update(patterns)
            print(f"{library.name}: {told}: {library.reasons[patterns[0]]}")
        else:
            yield told
    for pattern in library.reasons:
        if pattern not in explained:
            yield f"{pattern}: a reason that explains nothing"


def main(names: list[str]) -> int:
    """Return 0 if all went alike, or as is explained, else 1."""
    unknown = set(names) - {library.name for library in LIBRARIES}
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}")
        return 2
    results: list[str] = []
    good = True
    for on_system in (False, True):
        libraries = [
            library
            for library in LIBRARIES
            if library.on_system is on_system and (not names or library.name in names)
        ]
        if not libraries:
            continue
        if on_system:
            choose_system()
        with running_server() as dsn, tempfile.TemporaryDirectory() as folder:
            for library in libraries:
                server = Server(dsn, Path(folder, library.name))
                server.folder.mkdir()
                theirs, ours = (library.run(server, x) for x in ("psycopg", "pgtwin"))
                results.append(f"{library.name}: with psycopg {summary(theirs)}")
                results.append(f"{library.name}: with pgtwin {summary(ours)}")
                for complaint in complaints(library, theirs, ours):
                    results.append(f"  {complaint}")
                    good = False
    print("\n".join(results))
    return 0 if good else 1


def choose_system() -> None:
    """Let the servers be of the newest PostgreSQL that the system has installed."""
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    folders = sorted((path.parent for path in found), key=version_of)
    if folders:
        os.environ.setdefault("PGTWIN_TEST_BINARIES", str(folders[-1]))


def version_of(folder: Path) -> int:
    """Return the version of the programs in `VERSION/bin`."""
    version = folder.parent.name
    return int(version) if version.isdecimal() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
