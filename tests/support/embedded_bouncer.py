"""A PgBouncer of our own, for the tests: it hands servers from client to client.

What is started here is stopped here, and nothing of it stays on the disk, also when
the program is killed.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.support.watchdog import watched

CONFIGURATION = """
[databases]
{dbname} = {server}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {servers}
ignore_startup_parameters = extra_float_digits
server_connect_timeout = 60
"""
# From this version on it can remember what clients have prepared.
REMEMBERING = (1, 21)
SECONDS_TO_START = 60


def find_program() -> str | None:
    """Return the path of PgBouncer, which systems keep where only root looks."""
    places = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"
    return shutil.which("pgbouncer", path=places)


def can_remember() -> bool:
    """Return whether this PgBouncer can prepare in each session what a client has."""
    program = find_program()
    return program is not None and _version(program) >= REMEMBERING


@contextmanager
def running_bouncer(
    dsn: str, servers: int = 2, settings: str = "", remembered: int = 0
) -> Iterator[str]:
    """Run PgBouncer in transaction mode before a server, and give its conninfo.

    `servers` is how many sessions it has with the server. `settings` are lines of
    its configuration. `remembered` is how many prepared statements of a client it
    keeps for each session, if it can.
    """
    program = find_program()
    assert program is not None
    params = conninfo_to_dict(dsn)
    names = ("host", "port", "dbname", "user", "password")
    server = " ".join(
        f"{name}='{params[name]}'" for name in names if params.get(name) is not None
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="pgtwin-bouncer-"))
    configuration = folder / "pgbouncer.ini"
    if can_remember():
        settings += f"max_prepared_statements = {remembered}\n"
    configuration.write_text(
        CONFIGURATION.format(
            dbname=params["dbname"], server=server, port=port, servers=servers
        )
        + settings
    )
    command = [program, "-q", str(configuration)]
    if os.geteuid() == 0:  # which PgBouncer refuses to be
        shutil.chown(folder, "nobody")
        shutil.chown(configuration, "nobody")
        command[1:1] = ["-u", "nobody"]
    log = (folder / "log").open("w+")
    process = subprocess.Popen(command, stdout=log, stderr=log)
    with watched(process.pid, signal.SIGTERM, folder):
        try:
            _wait_until_it_listens(process, port, folder / "log")
            yield make_conninfo(dsn, host="127.0.0.1", port=port)
        finally:
            process.terminate()
            process.wait()
            log.close()
            shutil.rmtree(folder)


def _version(program: str) -> tuple[int, int]:
    told = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=True
    )
    found = re.search(r"(\d+)\.(\d+)", told.stdout)
    assert found is not None
    return int(found[1]), int(found[2])


def _wait_until_it_listens(
    process: subprocess.Popen[bytes], port: int, log: Path
) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=60).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"PgBouncer does not start, it says:\n{log.read_text()}")
