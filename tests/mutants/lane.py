"""A copy of the project in which mutants are tested, one after another.

The tree that is copied is never written to; the copy and its server go with the
block.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

import coverage
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.mutants.mutations import Mutant
from tests.mutants.product import Product
from tests.mutants.running import Running
from tests.support.embedded_server import running_server

PYTEST = ("-x", "-p", "no:cacheprovider")
DURATIONS = ("-vv", "--durations=0", "--durations-min=0")
# Seconds that a test without a mutation may take; and with one, besides three times
# what it has taken.
WHOLE = 600.0
LIMIT = 20.0
# Seconds that the chosen tests have taken together without a mutation.
BUDGET = 60.0
# Its own failure, a wrong command line, no tests.
PYTEST_FAILED = (3, 4, 5)
# Most mutants are killed by the first tests.
FIRST = 12
TOOK = re.compile(r"^([\d.]+)s (?:setup|call|teardown) +(\S.*?)\s*$", re.MULTILINE)


@dataclass
class Known:
    """What a test has taken and executed without a mutation."""

    seconds: float
    lines: dict[str, list[int]]  # by module


def chosen(mutant: Mutant, known: Mapping[str, Known]) -> list[str]:
    """Return tests that execute a mutant and are fast.

    Those of the file that is named as the module come first, then the fastest ones of
    each file by turns.
    """
    first, last = mutant.executed
    tests = sorted(known, key=lambda test: known[test].seconds)
    lines = {test: known[test].lines.get(mutant.path, []) for test in tests}
    executing = [
        test for test in tests if any(first <= line <= last for line in lines[test])
    ]
    # A line may be executed in another process, by a test of the same module.
    executing = executing or [test for test in tests if lines[test]]
    topic = f"/test_{Path(mutant.path).stem}.py::"
    executing.sort(key=lambda test: topic not in test)
    spent = 0.0
    files: dict[str, list[str]] = {}
    for test in executing:
        if not files or spent + known[test].seconds <= BUDGET:
            spent += known[test].seconds
            file = "" if topic in test else test.partition("::")[0]
            files.setdefault(file, []).append(test)
    own = files.pop("", [])
    return [*own, *filter(None, chain.from_iterable(zip_longest(*files.values())))]


class BaselineError(Exception):
    """Tests fail without a mutation."""


class Lane:
    """One copy, with a server of its own if the product needs one."""

    def __init__(self, folder: Path, product: Product, server: str | None) -> None:
        self._folder = folder
        self._product = product
        self._working = folder / product.working
        self._written = 0
        self._running: Running | None = None
        paths = ("async_src", "generated", "codegen/src", "")
        self._environment = {
            "PYTHONPATH": os.pathsep.join(str(folder / each) for each in paths)
        }
        self._server: str | None = None
        if server is not None:
            self._server = make_conninfo(server, dbname="postgres")
            self._environment["PGTWIN_TEST_DSN"] = server

    def know(self, files: Sequence[str]) -> dict[str, Known]:
        """Pass files of tests, and note what each test executes."""
        options = [f"--cov={self._folder / each}" for each in self._product.sources]
        self._clean()
        code, output = self._run(
            files, WHOLE, *options, "--cov-context=test", "--cov-report=", *DURATIONS
        )
        if code != 0:
            raise BaselineError(output[-5000:])
        known: dict[str, Known] = {}
        for seconds, test in TOOK.findall(output):
            known.setdefault(test, Known(0, {})).seconds += float(seconds)
        data = coverage.CoverageData(str(self._working / ".coverage"))
        data.read()
        for name in data.measured_files():
            path = Path(name).relative_to(self._folder.resolve()).as_posix()
            for line, contexts in data.contexts_by_lineno(name).items():
                for test in {each.rpartition("|")[0] for each in contexts} & set(known):
                    known[test].lines.setdefault(path, []).append(line)
        return known

    def test(self, mutant: Mutant, known: Mapping[str, Known]) -> str:
        """Return whether the tests have killed a mutant, or it has survived."""
        tests = chosen(mutant, known)
        if not tests:
            return "survived: no test executes it"
        source = (self._folder / mutant.path).read_text()
        self._clean()
        try:
            self._write(mutant.path, mutant.apply(source))
            for some in filter(None, (tests[:FIRST], tests[FIRST:])):
                slowest = max(known[test].seconds for test in some)
                code, output = self._run(some, LIMIT + 3 * slowest)
                if code is None:
                    return "timeout"
                if code in PYTEST_FAILED and "collected" not in output:
                    raise RuntimeError(f"pytest has not run tests:\n{output}")
                if code != 0:
                    return "killed"
        finally:
            self._write(mutant.path, source)
        return "survived"

    def _write(self, path: str, source: str) -> None:
        """Write a module so that what is compiled of its last text is not used."""
        self._written += 1
        (self._folder / path).write_text(source)
        os.utime(self._folder / path, (self._written, self._written))

    def stop(self) -> None:
        """Kill the tests that are running, with all that they have started."""
        if self._running is not None:
            self._running.stop()

    def _run(
        self, tests: Sequence[str], limit: float, *options: str
    ) -> tuple[int | None, str]:
        """Run tests until one fails; return `None` when they take too long."""
        chosen = self._working / "chosen.txt"
        chosen.write_text("\n".join(tests))
        self._running = Running(
            self._working, self._environment, [*PYTEST, *options, f"@{chosen}"]
        )
        return self._running.end(limit)

    def _clean(self) -> None:
        """Make the database as it was, whatever the last mutant has left."""
        if self._server is None:
            return
        with psycopg.connect(self._server, autocommit=True) as admin:
            for gid, name in admin.execute(
                "SELECT gid, database FROM pg_prepared_xacts"
            ):
                where = make_conninfo(self._server, dbname=name)
                with psycopg.connect(where, autocommit=True) as conn:
                    conn.execute(sql.SQL("ROLLBACK PREPARED {}").format(gid))
            admin.execute("DROP DATABASE IF EXISTS test WITH (FORCE)")
            admin.execute("CREATE DATABASE test")


@contextmanager
def opened(root: Path, product: Product) -> Iterator[Lane]:
    """Copy the tree that git knows, and start a server if it is needed."""
    listed = subprocess.run(
        ("git", "ls-files", "--cached", "--others", "--exclude-standard"),
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    with tempfile.TemporaryDirectory(prefix="pgtwin-mutants-") as name:
        folder = Path(name)
        for file in listed.stdout.splitlines():
            if (root / file).is_file():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(root / file, folder / file)
        server = running_server() if product.needs_server else nullcontext()
        with server as dsn:
            lane = Lane(folder, product, dsn)
            try:
                yield lane
            finally:
                lane.stop()
