"""pgvector: its tests of psycopg; the server needs the extension `vector`."""

from __future__ import annotations

import psycopg

from tests.consumers.library import Library, Outcome, Server, run_pytest, source_of

SOURCE = "pgvector==0.5.1"
DATABASE = "pgvector_python_test"
# The source distribution lacks the file from which its tests take numpy.
CONFTEST = "import numpy as numpy\n"


def run(server: Server, driver: str) -> Outcome:
    folder = source_of(SOURCE, server.folder / driver)
    (folder / "tests" / "__init__.py").touch()
    (folder / "tests" / "conftest.py").write_text(CONFTEST)
    with psycopg.connect(server.dsn, autocommit=True) as conn:
        conn.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        conn.execute(f"CREATE DATABASE {DATABASE}")
    arguments = ["tests/test_psycopg.py", "-o", "asyncio_mode=auto"]
    return run_pytest(server, driver, arguments, folder)


LIBRARY = Library("pgvector", run)
