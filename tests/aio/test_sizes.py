"""What is too long for one message to the server: refused, before anything is sent."""

from __future__ import annotations

import os
import select
import socket
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.core.statements.size_limits import (
    BESIDE,
    LIMIT,
    ROOM,
    SHORT,
    check_text,
    check_values,
)
from pgtwin.pq import TransactionStatus

# Instead of the server's limit, so that the tests need no gigabytes.
FEW = 100_000
LONG = bytes(FEW)
# As long together.
PIECES = (bytes(FEW // 40),) * 40
LENGTHS = "SELECT " + " + ".join(["octet_length(%b)"] * 40)

TOO_LONG = "less than 1 GiB: send it in pieces, with COPY as many rows"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the limit."""
    monkeypatch.setattr("pgtwin.core.statements.size_limits.LIMIT", FEW)


async def usable(conn: pgtwin.AsyncConnection[Any]) -> bool:
    """Return whether a connection works, as one in which nothing was begun."""
    idle = conn.info.transaction_status == TransactionStatus.IDLE
    cur = await conn.execute("SELECT 1")
    return idle and await cur.fetchone() == (1,)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("params", [(LONG,), PIECES], ids=["one", "together"])
@pytest.mark.parametrize("prepare", [None, True])
async def test_parameters(
    conn: pgtwin.AsyncConnection[Any], params: tuple[bytes, ...], prepare: bool | None
) -> None:
    query: Any = "SELECT " + ", ".join(["octet_length(%b)"] * len(params))
    with pytest.raises(e.DataError, match=f"100,000 bytes.*{TOO_LONG}"):
        await conn.execute(query, params, prepare=prepare)
    assert await usable(conn)


@pytest.mark.usefixtures("few")
async def test_parameters_of_a_prepared_statement(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    query: Any = LENGTHS
    for _ in range(10):
        cur = await conn.execute(query, (b"12",) * 40)
        assert await cur.fetchone() == (80,)
    with pytest.raises(e.DataError, match=TOO_LONG):
        await conn.execute(query, PIECES)
    assert conn.info.transaction_status == TransactionStatus.INTRANS
    cur = await conn.execute(query, (b"1", *[None] * 39))
    assert await cur.fetchone() == (None,)


@pytest.mark.usefixtures("few")
async def test_parameters_by_name(conn: pgtwin.AsyncConnection[Any]) -> None:
    with pytest.raises(e.DataError, match=TOO_LONG):
        await conn.execute("SELECT length(%(value)b)", {"value": LONG})
    assert await usable(conn)


@pytest.mark.usefixtures("few")
async def test_view_without_dimensions(conn: pgtwin.AsyncConnection[Any]) -> None:
    view = memoryview(b"\1").cast("B", ())
    cur = await conn.execute("SELECT %b", (view,))
    assert await cur.fetchone() == (b"\1",)
    with pytest.raises(e.DataError, match=TOO_LONG):
        await conn.execute("SELECT %b, %b", (view, LONG))
    await conn.rollback()
    cur = conn.cursor()
    for _ in range(2):
        await cur.executemany("SELECT %b, %b", [(view, b"a"), (b"b", view)])
        assert cur.rowcount == 2


@pytest.mark.usefixtures("few")
async def test_executemany(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("CREATE TEMP TABLE lengths (length int)")
    await conn.commit()
    cur = conn.cursor()
    with pytest.raises(e.DataError, match=TOO_LONG):
        await cur.executemany(
            "INSERT INTO lengths VALUES (length(%b))", [(b"small",), (LONG,)]
        )
    await conn.rollback()
    cur = await conn.execute("SELECT count(*) FROM lengths")
    assert await cur.fetchone() == (0,)


@pytest.mark.usefixtures("few")
async def test_pipeline_goes_on(conn: pgtwin.AsyncConnection[Any]) -> None:
    query: Any = "SELECT octet_length(%b)"
    cur = conn.cursor()
    async with conn.pipeline():
        for _ in range(10):
            await cur.execute(query, (b"12",))
        with pytest.raises(e.DataError, match=TOO_LONG):
            await conn.execute(query, (LONG,))
        assert await cur.fetchone() == (2,)
        with pytest.raises(e.DataError, match=TOO_LONG):
            await conn.execute("SELECT octet_length(%b) + 1", (LONG,))
        cur = await conn.execute(query, (b"1",))
        assert await cur.fetchone() == (1,)


@pytest.mark.usefixtures("few")
async def test_cursors_of_other_kinds(conn: pgtwin.AsyncConnection[Any]) -> None:
    with pytest.raises(e.DataError, match=TOO_LONG):
        await pgtwin.AsyncRawCursor(conn).execute("SELECT length($1)", (LONG,))
    async with conn.cursor("named") as cur:
        with pytest.raises(e.DataError, match=TOO_LONG):
            await cur.execute("SELECT length(%b)", (LONG,))
    with pytest.raises(e.DataError, match=TOO_LONG):
        async for _ in conn.cursor().stream("SELECT length(%b)", (LONG,)):
            raise AssertionError
    assert await usable(conn)


@pytest.mark.usefixtures("few")
async def test_text_of_a_query(conn: pgtwin.AsyncConnection[Any]) -> None:
    merging = pgtwin.AsyncClientCursor(conn)
    for execute in (conn.execute, merging.execute):
        with pytest.raises(e.DataError, match=f"100,000 bytes.*{TOO_LONG}"):
            await execute(LONG)
    with pytest.raises(e.DataError, match=TOO_LONG):
        async with merging.copy(LONG):
            pass
    with pytest.raises(e.DataError, match=TOO_LONG):
        await pgtwin.AsyncRawCursor(conn).execute(LONG, (1,))
    with pytest.raises(e.DataError, match=TOO_LONG):
        await merging.execute("SELECT %s", (LONG,))
    assert await usable(conn)


async def test_a_gigabyte(conn: pgtwin.AsyncConnection[Any]) -> None:
    with pytest.raises(e.DataError, match=f"1,073,741,824 bytes.*{TOO_LONG}"):
        await conn.execute("SELECT length(%b)", (bytes(2**30),))
    assert await usable(conn)


def test_longest_text_and_values() -> None:
    check_text(bytes(LIMIT - ROOM))
    with pytest.raises(e.DataError, match=TOO_LONG):
        check_text(bytes(LIMIT - ROOM + 1))
    longest = bytes(LIMIT - ROOM - 2 * BESIDE)
    check_values([longest, b""])
    with pytest.raises(e.DataError, match=TOO_LONG):
        check_values([longest, b"1"])


def test_values_that_are_short_are_not_added_up() -> None:
    most = 65_535
    assert most * (8 * SHORT + BESIDE) + ROOM <= LIMIT


def can_be_read(conn: pgtwin.AsyncConnection[Any], seconds: float = 0) -> bool:
    """Return whether something comes; select() takes no large number."""
    poll = select.poll()
    poll.register(conn.fileno(), select.POLLIN)
    return bool(poll.poll(seconds * 1000))


async def test_server_takes_no_more(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    # Of a message that may be sent, the server waits for the rest.
    for each, size in ((conn, LIMIT), (other, LIMIT + 1)):
        os.write(each.fileno(), b"B" + size.to_bytes(4, "big"))
    assert can_be_read(other, 10)
    with socket.socket(fileno=os.dup(other.fileno())) as refusing:
        assert refusing.recv(1) == b""
    assert not can_be_read(conn)
