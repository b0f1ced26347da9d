"""An engine of one kind of SQLAlchemy needs nothing of the other form of the driver."""

from __future__ import annotations

import subprocess
import sys

import pytest

SYNC = """
from sqlalchemy import create_engine
create_engine("postgresql+pgtwin://").dialect.dbapi.connect
"""
ASYNC = """
from sqlalchemy.ext.asyncio import create_async_engine
create_async_engine("postgresql+pgtwin://").dialect.dbapi.connect
"""
BY_NAME = """
from sqlalchemy.ext.asyncio import create_async_engine
create_async_engine("postgresql+pgtwin_async://").dialect.dbapi.connect
"""


@pytest.mark.parametrize(
    ("program", "other"),
    [(SYNC, "pgtwin.aio"), (ASYNC, "pgtwin_sync"), (BY_NAME, "pgtwin_sync")],
)
def test_an_engine_loads_one_form(program: str, other: str) -> None:
    check = f"import sys; assert {other!r} not in sys.modules"
    subprocess.run([sys.executable, "-c", program + check], check=True)


def test_the_driver_does_not_load_sqlalchemy() -> None:
    program = (
        "import sys, pgtwin; pgtwin.AsyncConnection, pgtwin.Connection; "
        "assert 'sqlalchemy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
