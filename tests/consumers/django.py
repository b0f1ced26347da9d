"""Django: its own test suite, with its own backend and with `pgtwin.django`."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg

from tests.consumers.library import (
    SUPPORT,
    Library,
    Outcome,
    Server,
    read_outcome,
    source_of,
)

SOURCE = "Django==5.2.19"
ENGINE = "django.db.backends.postgresql"
MODULES = [
    *("aggregation", "annotations", "backends", "basic", "bulk_create"),
    *("custom_columns", "datetimes", "db_functions", "expressions", "inspectdb"),
    *("introspection", "lookup", "migrations", "model_fields", "prefetch_related"),
    *("queries", "raw_query", "schema", "select_for_update", "timezones"),
    *("transaction_hooks", "transactions"),
]
# These create what a server may not have.
EXTENSIONS = {"btree_gin", "btree_gist", "citext", "hstore", "pg_trgm", "unaccent"}

OTHER_CLASSES = (
    "the test names a class of Django's own backend, which has other cursors; with "
    "install_as_psycopg() they are the same"
)


def run(server: Server, driver: str) -> Outcome:
    """Run them with an engine of its own for each driver."""
    return run_suite(server, "", "pgtwin.django" if driver == "pgtwin" else ENGINE)


def run_aliased(server: Server, driver: str) -> Outcome:
    """Run them with Django's backend, where `import psycopg` gives the driver."""
    return run_suite(server, driver, ENGINE)


def run_suite(server: Server, driver: str, engine: str) -> Outcome:
    report = server.folder / "outcome.json"
    report.unlink(missing_ok=True)
    modules = list(MODULES)
    with psycopg.connect(server.dsn) as conn:
        found = conn.execute("SELECT name FROM pg_available_extensions").fetchall()
    if {name for (name,) in found} >= EXTENSIONS:
        modules.append("postgres_tests")
    else:
        print("django: postgres_tests are left out, the server lacks extensions")
    folder = server.folder / "django"
    if not folder.exists():
        source_of(SOURCE, server.folder).rename(folder)
    subprocess.run(
        [
            *(sys.executable, "-W", "ignore", "runtests.py", "--noinput"),
            *("--settings=consumer_settings", "--parallel=1", *modules),
        ],
        cwd=folder / "tests",
        env={
            **os.environ,
            "PYTHONPATH": str(SUPPORT),
            "CONSUMER_DRIVER": driver,
            "CONSUMER_ENGINE": engine,
            "CONSUMER_DSN": server.dsn,
            "CONSUMER_OUTCOME": str(report),
        },
        check=False,
    )
    return read_outcome(report)


LIBRARY = Library(
    "django",
    run,
    {
        "*.test_connect_custom_cursor_factory": OTHER_CLASSES,
        "*.test_connect_server_side_binding": OTHER_CLASSES,
    },
    on_system=True,
)
ALIASED = Library("django-aliased", run_aliased, on_system=True)
