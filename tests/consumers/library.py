"""A library whose tests are run: what there is to install, to run and to explain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

HERE = Path(__file__).parent
SUPPORT = HERE / "support"

# What became of each test, by its name.
Outcome = dict[str, str]


@dataclass
class Server:
    """Where the server is, and a folder in which a run may leave files."""

    dsn: str
    folder: Path

    @property
    def params(self) -> dict[str, str]:
        return {name: str(value) for name, value in conninfo_to_dict(self.dsn).items()}

    @property
    def url(self) -> str:
        """The address without a database, by TCP."""
        return f"postgresql://{self.params['user']}@127.0.0.1:{self.params['port']}"

    @property
    def environment(self) -> dict[str, str]:
        """What libpq takes from the environment, but for a database."""
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": self.params["port"],
            "PGUSER": self.params["user"],
        }


@dataclass
class Library:
    """How its tests are run: once with `psycopg`, once with `pgtwin`."""

    name: str
    run: Callable[[Server, str], Outcome]
    # Why a test may end otherwise with pgtwin: a pattern of names, a sentence.
    reasons: Mapping[str, str] = field(default_factory=dict)
    # Whether they need collations and extensions that the embedded server has not.
    on_system: bool = False


def source_of(requirement: str, folder: Path) -> Path:
    """Return the unpacked source distribution of a requirement `name==version`."""
    name, _, version = requirement.partition("==")
    target = folder / name
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--no-binary", name, "--dest", str(target), requirement),
        ],
        check=True,
    )
    (archive,) = target.glob("*.tar.gz")
    with tarfile.open(archive) as source:
        if hasattr(tarfile, "data_filter"):
            source.extractall(target, filter="data")
        else:
            source.extractall(target)
    (unpacked,) = target.glob(f"*-{version}")
    return unpacked


def run_pytest(
    server: Server,
    driver: str,
    arguments: Sequence[str],
    cwd: Path,
    environment: Mapping[str, str] = {},
) -> Outcome:
    """Run tests in a process of their own, where `import psycopg` gives a driver."""
    report = server.folder / "outcome.json"
    report.unlink(missing_ok=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "consumer_plugin", "-q"),
            *("-o", "addopts=", "--tb=short", *arguments),
        ],
        cwd=cwd,
        env={
            **os.environ,
            **server.environment,
            **environment,
            "PYTHONPATH": os.pathsep.join([str(SUPPORT), str(cwd)]),
            "CONSUMER_DRIVER": driver,
            "CONSUMER_OUTCOME": str(report),
        },
        check=False,
    )
    return read_outcome(report)


def read_outcome(report: Path) -> Outcome:
    """Return what a run has written; nothing if it did not come so far."""
    outcome: Outcome = json.loads(report.read_text()) if report.exists() else {}
    return outcome
