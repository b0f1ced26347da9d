"""Runs SQLAlchemy's own suite with both engines, and compares with what is committed.

The suite comes with the SQLAlchemy that is installed; what it is expected to say is in
`outcome-RELEASE.txt` beside this file, equal for both engines. A test that fails is
never expected. Further arguments are pytest's, for a look at some tests only.

    python tests/sqlalchemy_suite/run.py [--write] [ARGUMENT ...]
"""

from __future__ import annotations

import difflib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy
from psycopg.conninfo import conninfo_to_dict

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.support.embedded_server import running_server  # noqa: E402

DATABASE = "pgtwin_sqlalchemy"
ENGINES = {"sync": "postgresql+pgtwin", "async": "postgresql+pgtwin_async"}


@contextmanager
def database(dsn: str) -> Iterator[dict[str, str]]:
    """Make a database with the schemas that the suite wants; give where it is."""
    drop = f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(drop)
        admin.execute(f"CREATE DATABASE {DATABASE}")
        try:
            with psycopg.connect(dsn, dbname=DATABASE) as conn:
                conn.execute("CREATE SCHEMA test_schema; CREATE SCHEMA test_schema_2")
            params = conninfo_to_dict(dsn, dbname=DATABASE)
            yield {name: str(value) for name, value in params.items()}
        finally:
            admin.execute(drop)


def run(name: str, params: dict[str, str], report: Path, arguments: list[str]) -> bool:
    """Run the suite with one engine; return whether pytest found nothing amiss."""
    url = sqlalchemy.URL.create(ENGINES[name], query=params)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", "setup.cfg", "--rootdir", "."),
            *("-q", "--tb=short", f"--junitxml={report}", "suite.py"),
            *("--dburi", url.render_as_string(hide_password=False), *arguments),
        ],
        cwd=HERE,
    )
    return done.returncode == 0


def outcome(report: Path) -> str:
    """Return what a run said: counts of each class, and every test that was skipped."""
    passed: Counter[str] = Counter()
    skipped: Counter[tuple[str, str]] = Counter()
    failed = 0
    for case in ElementTree.parse(report).iter("testcase"):
        # "suite.TableTest_postgresql+pgtwin_18_4", "test_insert[one]"
        group = case.attrib["classname"].partition(".")[2].partition("_postgresql")[0]
        test = f"{group}.{case.attrib['name'].partition('[')[0]}"
        reason = case.find("skipped")
        if reason is not None:
            # "'suite.py::TableTest::test_insert (call)' : why"
            why = re.sub(r"^'.* \(\w+\)' : ", "", reason.attrib["message"])
            skipped[test, why] += 1
        elif case.find("failure") is None and case.find("error") is None:
            passed[group] += 1
        else:
            failed += 1
    lines = [f"{passed.total()} passed, {skipped.total()} skipped, {failed} failed"]
    lines += ["", "passed"]
    lines += [f"{count:>6} {group}" for group, count in sorted(passed.items())]
    lines += ["", "skipped"]
    lines += [
        f"{count:>6} {test}: {why}" for (test, why), count in sorted(skipped.items())
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Return 0 if both engines did what is committed, else 1."""
    expected = HERE / f"outcome-{sqlalchemy.__version__}.txt"
    write = "--write" in arguments
    chosen = [argument for argument in arguments if argument != "--write"]
    outcomes = {}
    good = True
    with tempfile.TemporaryDirectory() as folder, running_server() as dsn:
        for name in ENGINES:
            report = Path(folder, f"{name}.xml")
            with database(dsn) as params:
                good &= run(name, params, report, chosen)
            outcomes[name] = outcome(report)
            print(f"{name} engine: {outcomes[name].partition(chr(10))[0]}", flush=True)
    if chosen:
        return 0 if good else 1
    if write and good:
        expected.write_text(outcomes["sync"])
    if not expected.exists():
        print(f"no {expected.name}: look at the outcome, then run with --write")
        return 1
    for name, text in outcomes.items():
        for line in difflib.unified_diff(
            expected.read_text().splitlines(),
            text.splitlines(),
            *(expected.name, f"{name} engine"),
            lineterm="",
        ):
            print(line)
            good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
