"""A run of the tests that is killed leaves no server and no files behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.embedded_bouncer import find_program

ROOT = Path(__file__).resolve().parents[1]
# A machine may stand still meanwhile.
PATIENCE = 60.0

SERVER = """
import os, signal, sys
from pathlib import Path
import psycopg
from psycopg.conninfo import conninfo_to_dict
from tests.support.embedded_server import running_server

with running_server() as dsn:
    folder = Path(conninfo_to_dict(dsn)["host"])
    print((folder / "postmaster.pid").read_text().split()[0], folder.parent)
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""
BOUNCER = """
import os, signal, subprocess, sys
from tests.support.embedded_bouncer import running_bouncer

started = []
begin = subprocess.Popen.__init__

def note(process, *args, **options):
    begin(process, *args, **options)
    started.append((process.pid, args[0]))

subprocess.Popen.__init__ = note
with running_bouncer("host=127.0.0.1 port=1 dbname=none"):
    ((pid, command),) = [each for each in started if "pgbouncer.ini" in each[1][-1]]
    print(pid, os.path.dirname(command[-1]))
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("program", [SERVER, BOUNCER], ids=["server", "bouncer"])
def test_killed_run_leaves_no_server(program: str) -> None:
    if program is BOUNCER and find_program() is None:
        pytest.skip("pgbouncer is not installed")
    environment = {k: v for k, v in os.environ.items() if k != "PGTWIN_TEST_DSN"}
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    pid, folder = run.stdout.split()
    assert run.returncode < 0, "it was to be killed"
    deadline = time.monotonic() + PATIENCE
    while is_running(int(pid)) or Path(folder).exists():
        assert time.monotonic() < deadline, f"{pid} or {folder} is left"
        time.sleep(0.05)
