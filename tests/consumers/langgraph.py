"""langgraph-checkpoint-postgres: its own tests."""

from __future__ import annotations

from tests.consumers.library import Library, Outcome, Server, run_pytest, source_of

SOURCE = "langgraph-checkpoint-postgres==3.2.0"
ADDRESS = "postgres://postgres:postgres@localhost:5441"


def run(server: Server, driver: str) -> Outcome:
    folder = source_of(SOURCE, server.folder / driver)
    for path in (folder / "tests").glob("*.py"):
        path.write_text(path.read_text().replace(ADDRESS, server.url))
    # Of the two backends of anyio only asyncio's is one for psycopg.
    return run_pytest(server, driver, ["tests", "-o", "asyncio_mode=auto"], folder)


LIBRARY = Library("langgraph", run)
