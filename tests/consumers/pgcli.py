"""pgcli: its own tests, but for those that need a terminal."""

from __future__ import annotations

from tests.consumers.library import Library, Outcome, Server, run_pytest, source_of

SOURCE = "pgcli==4.7.1"


def run(server: Server, driver: str) -> Outcome:
    folder = source_of(SOURCE, server.folder / driver)
    ignored = ["--ignore=features", "--ignore=test_ssh_tunnel.py"]
    return run_pytest(server, driver, ignored, folder / "tests")


LIBRARY = Library("pgcli", run)
