"""procrastinate: a program of ours, as its source distribution has no tests."""

from __future__ import annotations

from tests.consumers.library import HERE, Library, Outcome, Server, run_pytest


def run(server: Server, driver: str) -> Outcome:
    arguments = [str(HERE / "own" / "jobs.py"), "-o", "asyncio_mode=auto"]
    environment = {"PGDATABASE": "test"}
    return run_pytest(server, driver, arguments, server.folder, environment)


LIBRARY = Library("procrastinate", run)
