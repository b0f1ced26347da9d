"""`install_as_psycopg()`: what `import psycopg` gives, each time in a new process."""

from __future__ import annotations

import subprocess
import sys

import pytest

INSTALLED = "import pgtwin; pgtwin.install_as_psycopg()\n"


def run(program: str, *arguments: str) -> str:
    """Run a program whose warnings are errors; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_core_of_other_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    # With "native", such a core is an error.
    monkeypatch.delenv("PGTWIN_IMPL", raising=False)
    assert run("""
import sys, types
import pgtwin
core = types.ModuleType("pgtwin_native")
core.__version__ = pgtwin.__version__
sys.modules["pgtwin_native"] = core
pgtwin.install_as_psycopg()
import psycopg
print(psycopg.Connection is pgtwin.Connection)
""") == "True\n"


def test_names() -> None:
    run(INSTALLED + """
import importlib, sys
import psycopg
from importlib.metadata import version

assert psycopg.__version__ == version("psycopg") != pgtwin.__version__
assert psycopg.__name__ == "psycopg"
assert psycopg.connect == pgtwin.connect
for name in pgtwin.__all__:
    ours, theirs = getattr(pgtwin, name), getattr(psycopg, name)
    assert ours is theirs or not callable(ours), name
for name in psycopg.__all__:
    assert getattr(psycopg, name) == getattr(pgtwin, name), name
assert set(psycopg.__all__) <= set(dir(psycopg))
try:
    psycopg.missing
except AttributeError as error:
    assert "missing" in str(error)
else:
    raise AssertionError
""")


def test_modules() -> None:
    run(INSTALLED + """
import psycopg
import psycopg.abc, psycopg.adapt, psycopg.client_cursor, psycopg.conninfo
import psycopg.copy, psycopg.crdb, psycopg.errors, psycopg.postgres, psycopg.pq
import psycopg.raw_cursor, psycopg.rows, psycopg.sql, psycopg.version
import psycopg.types.array, psycopg.types.enum, psycopg.types.hstore
import psycopg.types.json, psycopg.types.numpy, psycopg.types.range
import psycopg.types.string
from psycopg import *
from psycopg import _encodings, sql as sql_module
from psycopg._connection_base import BaseConnection as PrivateBase
from psycopg._server_cursor import ServerCursor as PrivateServerCursor
from psycopg.client_cursor import ClientCursor as OfModule, ClientCursorMixin
from psycopg.connection import Connection as OfConnection
from psycopg.connection_async import AsyncConnection as OfAsync
from psycopg.copy import Copy as OfCopy, LibpqWriter
from psycopg.cursor import Cursor as OfCursor
from psycopg.rows import RowFactory
from psycopg.transaction import Rollback as OfTransaction

assert Connection is OfConnection is pgtwin.Connection
assert AsyncConnection is OfAsync is pgtwin.AsyncConnection
assert Cursor is OfCursor is pgtwin.Cursor
assert ClientCursor is OfModule is pgtwin.ClientCursor
assert ClientCursorMixin is pgtwin.client_cursor.ClientCursorMixin
assert PrivateBase is BaseConnection is pgtwin.BaseConnection
assert PrivateServerCursor is pgtwin.ServerCursor
assert OfCopy is pgtwin.Copy and LibpqWriter is pgtwin.copy.LibpqWriter
assert OfTransaction is pgtwin.Rollback
assert RowFactory is pgtwin.rows.RowFactory
assert sql_module.SQL is pgtwin.sql.SQL
assert psycopg.errors.UniqueViolation is pgtwin.errors.UniqueViolation
assert psycopg.crdb.CrdbConnection is not None
assert "utf8" in _encodings.py_codecs.values() or _encodings.py_codecs
""")


def test_connections_of_both(dsn: str) -> None:
    run(
        """
import sys, warnings
import psycopg
theirs = psycopg.connect(sys.argv[1])
import pgtwin
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    pgtwin.install_as_psycopg()
    pgtwin.install_as_psycopg()
(warning,) = told
assert warning.category is RuntimeWarning
assert "imported before by __main__:" in str(warning.message)
assert warning.filename == "<string>"
OldTypeInfo = psycopg.types.TypeInfo

import psycopg
ours = psycopg.connect(sys.argv[1])
assert type(ours) is pgtwin.Connection
from psycopg.types import TypeInfo
assert TypeInfo.fetch(ours, "int4").oid == OldTypeInfo.fetch(ours, "int4").oid == 23
assert isinstance(psycopg.adapters.types["int4"], TypeInfo)
# What was opened earlier goes on to work.
assert TypeInfo.fetch(theirs, "int4").oid == 23
assert theirs.execute("SELECT %s::int[]", [[1, 2]]).fetchone() == ([1, 2],)
with theirs.cursor("named") as cur:
    assert cur.execute("SELECT 1").fetchall() == [(1,)]
with theirs.cursor() as cur, cur.copy("COPY (SELECT 1) TO STDOUT") as copy:
    assert list(copy.rows()) == [("1",)]
assert theirs.cursor().execute("SELECT 1").description[0].name == "1" or True
theirs.close()
ours.close()
""",
        dsn,
    )


def test_pools(dsn: str) -> None:
    program = """
import psycopg_pool, sys
from psycopg_pool.pool import ConnectionPool

assert ConnectionPool is psycopg_pool.ConnectionPool is pgtwin.pool.ConnectionPool
assert psycopg_pool.PoolTimeout is pgtwin.pool.PoolTimeout
for kind in (psycopg_pool.ConnectionPool, psycopg_pool.NullConnectionPool):
    with kind(sys.argv[1], min_size=0, max_size=1, open=False) as pool:
        with pool.connection() as conn:
            assert type(conn) is pgtwin.Connection
"""
    run(INSTALLED + program, dsn)
    # Whichever was first.
    run("import pgtwin.pool\n" + INSTALLED + program, dsn)


def test_who_has_imported_it_before() -> None:
    run("""
import sys, types, warnings
import psycopg.errors, psycopg.sql
early = types.ModuleType("early")
exec("from psycopg import sql, errors, Error", vars(early))
sys.modules["early"] = early
del psycopg
import pgtwin
pgtwin.install_as_psycopg()  # no warning: what they have is the same
""")
    run("""
import sys, types, warnings
early = types.ModuleType("early")
exec("from psycopg import Connection", vars(early))
sys.modules["early"] = early
import pgtwin
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    pgtwin.install_as_psycopg()
assert "imported before by early:" in str(told[0].message)
""")


def test_replaced_by_a_test() -> None:
    run(INSTALLED + """
import psycopg
from unittest import mock

with mock.patch("psycopg.connect") as connect:
    psycopg.connect("dbname=test")
    connect.assert_called_once_with("dbname=test")
assert psycopg.connect == pgtwin.connect
""")


def test_without_psycopg_pool() -> None:
    hidden = "import sys; sys.modules['psycopg_pool'] = None\n"
    done = subprocess.run(
        [sys.executable, "-c", hidden + "import pgtwin.pool"],
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: pgtwin.pool needs psycopg_pool")
    assert 'pip install "pgtwin[pool]"' in last
    if sys.version_info >= (3, 11):
        run(hidden + INSTALLED + "import psycopg; assert psycopg.Connection")


@pytest.mark.parametrize("name", ["Connection", "AsyncConnection"])
def test_nothing_is_loaded_unasked(name: str) -> None:
    run(f"""
import sys
import pgtwin
assert "pgtwin.psycopg_alias" not in sys.modules and "psycopg_pool" not in sys.modules
assert "pgtwin_sync" not in sys.modules
assert "pgtwin.aio.connections.connection" not in sys.modules
pgtwin.{name}
""")
