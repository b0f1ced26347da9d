"""pgqueuer: those of its tests that speak of psycopg."""

from __future__ import annotations

from tests.consumers.library import Library, Outcome, Server, run_pytest, source_of

SOURCE = "pgqueuer==1.6.0"
TESTS = [
    "test_connections",
    "test_driver_remove_listener",
    "test_drivers",
    "test_pgqueuer",
    "test_psycopg_notify_resilience",
    "test_queries",
    "test_sqlstate",
]


def run(server: Server, driver: str) -> Outcome:
    folder = source_of(SOURCE, server.folder / driver)
    arguments = [*(f"test/{name}.py" for name in TESTS), "--timeout=120"]
    # Has 0.1 s, and is of asyncpg.
    arguments += ["--deselect", "test/test_queries.py::test_queue_retry_timer"]
    environment = {"EXTERNAL_POSTGRES_DSN": f"{server.url}/postgres"}
    return run_pytest(server, driver, arguments, folder, environment)


LIBRARY = Library("pgqueuer", run)
