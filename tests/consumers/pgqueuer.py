"""pgqueuer: those of its tests that speak of psycopg."""

from __future__ import annotations

from tests.consumers.library import Library, Outcome, Server, run_pytest, source_of

SOURCE = "pgqueuer==1.6.0"
TESTS = [
    "test_cli_run_and_install",
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
    environment = {"EXTERNAL_POSTGRES_DSN": f"{server.url}/postgres"}
    return run_pytest(server, driver, arguments, folder, environment)


LIBRARY = Library("pgqueuer", run)
