"""A copy of the project in which mutants are tested, one after another.

Law: the tree that is copied is never written to; the copy and its server go with the
block.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import coverage
import psycopg
from embedded_server import running_server
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.mutants.mutations import FOLDERS, Mutant

# The async form: it is what is mutated, its twin is not made again.
TESTS = ("tests/aio", "tests/test_copy_data.py")
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
# Seconds for all tests without a mutation; and with one, besides twice what the chosen
# ones have taken.
WHOLE = 3600
LIMIT = 60


@dataclass(frozen=True)
class Baseline:
    """How the tests do without a mutation."""

    covered: dict[str, dict[int, list[str]]]  # modules, lines, tests that execute them
    seconds: float
    failure: str  # what pytest says, unless all pass

    def limit(self, chosen: int) -> float:
        """Return the seconds that some tests may take."""
        known = {
            test
            for lines in self.covered.values()
            for tests in lines.values()
            for test in tests
        }
        return LIMIT + 2 * self.seconds * chosen / max(len(known), 1)


class Lane:
    """One copy, with a server of its own."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._server = make_conninfo(server, dbname="postgres")
        paths = (folder / "async_src", folder / "generated", folder)
        self._environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PGTWIN_TEST_DSN": server,
        }

    def baseline(self) -> Baseline:
        """Pass all tests, and note which execute a line."""
        options = [f"--cov={each}" for each in FOLDERS]
        began = time.monotonic()
        code, output = self._run(
            [*TESTS, *options, "--cov-context=test", "--cov-report="], WHOLE
        )
        seconds = time.monotonic() - began
        data = coverage.CoverageData(str(self._folder / ".coverage"))
        data.read()
        covered = {}
        for name in data.measured_files():
            path = Path(name).relative_to(self._folder.resolve()).as_posix()
            covered[path] = {
                line: sorted({each.rpartition("|")[0] for each in contexts} - {""})
                for line, contexts in data.contexts_by_lineno(name).items()
            }
        return Baseline(covered, seconds, "" if code == 0 else output)

    def test(self, mutant: Mutant, baseline: Baseline) -> str:
        """Return whether the tests have killed a mutant, or it has survived."""
        lines = baseline.covered.get(mutant.path, {})
        within = [each for each in lines if mutant.first <= each <= mutant.last]
        tests = {test for line in within for test in lines[line]}
        stem = Path(mutant.path).stem
        chosen = sorted(tests, key=lambda test: (f"test_{stem}" not in test, test))
        limit = baseline.limit(len(chosen))
        if not within:
            return "survived: no test executes it"
        if not chosen:
            # Executed when the module is imported.
            chosen, limit = list(TESTS), LIMIT + 2 * baseline.seconds
        path = self._folder / mutant.path
        source = path.read_text()
        arguments = self._folder / "chosen.txt"
        arguments.write_text("\n".join(chosen))
        self._clean()
        try:
            path.write_text(mutant.apply(source))
            code, output = self._run(["-x", f"@{arguments}"], limit)
        finally:
            path.write_text(source)
        if code is None:
            return "timeout"
        if "ERROR: not found:" in output:
            raise RuntimeError(f"pytest does not know its own tests:\n{output[-2000:]}")
        return "survived" if code == 0 else "killed"

    def stop(self) -> None:
        """Kill the tests that are running, with all that they have started."""
        process = self._process
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)

    def _run(self, arguments: Sequence[str], limit: float) -> tuple[int | None, str]:
        """Run pytest; return `None` when it takes too long."""
        process = subprocess.Popen(
            (*PYTEST, *arguments),
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._process = process
        try:
            output, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            self.stop()
            process.communicate()
            return None, ""
        return process.returncode, output

    def _clean(self) -> None:
        """Make the database as it was, whatever the last mutant has left."""
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
def opened(root: Path) -> Iterator[Lane]:
    """Copy the tree that git knows, and start a server."""
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
        with running_server() as server:
            lane = Lane(folder, server)
            try:
                yield lane
            finally:
                lane.stop()
