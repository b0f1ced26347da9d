"""A password is in no representation, message, log or traceback."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

import pgtwin
from pgtwin import errors as e

SECRET = "correct horse"  # of the login role, see conftest.py
WRONG = "battery staple"


async def test_nowhere_in_what_is_said(
    login_dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[Any] = []
    async with pgtwin.AsyncConnection.connect(login_dsn) as conn:
        said += [repr(conn), conn.info.dsn, conn.info.get_parameters()]
        said += [repr(conn.cursor()), repr(conn.transaction()), repr(conn.lock)]
        with pytest.raises(e.UndefinedTable) as caught:
            await conn.execute("SELECT * FROM nowhere")
        said += traceback.format_exception(caught.value)
        await conn.rollback()
    said += [repr(conn)]
    text = "\n".join(map(str, [*said, *caplog.messages]))
    assert SECRET not in text


async def test_nowhere_when_it_is_wrong(
    login_dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for dsn in (
        make_conninfo(login_dsn, password=WRONG),
        make_conninfo(login_dsn, password=WRONG, host="127.0.0.1,127.0.0.1", port="1"),
    ):
        with pytest.raises(e.OperationalError) as caught:
            await pgtwin.AsyncConnection.connect(dsn)
        said = [*traceback.format_exception(caught.value), repr(caught.value)]
        said += [repr(caught.value.pgconn), *caplog.messages]
        assert WRONG not in "\n".join(said)
    with pytest.raises(e.Error) as odd:
        await pgtwin.AsyncConnection.connect(f"password='{WRONG}' nonsense=1")
    assert WRONG not in "\n".join(traceback.format_exception(odd.value))
