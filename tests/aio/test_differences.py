"""Where pgtwin behaves otherwise than psycopg, on purpose: see docs/compatibility.md.

Each test asks both, so that it tells when psycopg changes too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import psycopg
import pytest
from psycopg.types.enum import EnumInfo as TheirEnumInfo

import pgtwin
from pgtwin import errors as e
from pgtwin.pq import TransactionStatus
from pgtwin.types.enum import EnumInfo
from pgtwin.types.string import TextLoader

# psycopg's own connections call add_reader().
pytestmark = pytest.mark.needs_readers

Ours = pgtwin.AsyncConnection[Any]
Theirs = psycopg.AsyncConnection[Any]


@pytest.fixture
async def theirs(dsn: str) -> AsyncIterator[Theirs]:
    """A connection of psycopg."""
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        yield conn


async def test_nothing_sent(conn: Ours, theirs: Theirs) -> None:
    with pytest.raises(e.ProgrammingError):
        await theirs.execute("SELECT %s", (1, 2))
    assert theirs.info.transaction_status == TransactionStatus.INTRANS
    with pytest.raises(e.ProgrammingError):
        await conn.execute("SELECT %s", (1, 2))
    assert conn.info.transaction_status == TransactionStatus.IDLE


async def test_copy_executed(conn: Ours, theirs: Theirs) -> None:
    with pytest.raises(e.ProgrammingError):
        await theirs.execute("COPY (SELECT 1) TO STDOUT")
    assert theirs.info.transaction_status == TransactionStatus.ACTIVE
    await theirs.close()
    with pytest.raises(e.ProgrammingError):
        await conn.execute("COPY (SELECT 1) TO STDOUT")
    cur = await conn.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


async def test_scroll_of_closed(conn: Ours, theirs: Theirs) -> None:
    their_cursor = theirs.cursor("curs")
    await their_cursor.close()
    with pytest.raises(e.InvalidCursorName):
        await their_cursor.scroll(1)
    cursor = conn.cursor("curs")
    await cursor.close()
    with pytest.raises(e.InterfaceError):
        await cursor.scroll(1)


async def test_stream_of_nothing(conn: Ours, theirs: Theirs) -> None:
    with pytest.raises(e.InternalError):
        async for _ in theirs.cursor().stream(""):
            pass
    with pytest.raises(e.ProgrammingError):
        async for _ in conn.cursor().stream(""):
            pass


async def test_adapters_changed(conn: Ours, theirs: Theirs) -> None:
    their_cursor = theirs.cursor()
    theirs.adapters.register_loader("int4", TextLoader)
    await their_cursor.execute("SELECT 1")
    assert await their_cursor.fetchone() == (1,)
    cursor = conn.cursor()
    conn.adapters.register_loader("int4", TextLoader)
    await cursor.execute("SELECT 1")
    assert await cursor.fetchone() == ("1",)


async def test_bytes_as_parameters(conn: Ours, theirs: Theirs) -> None:
    params: Any = bytearray(b"x")
    cur = await theirs.execute("SELECT %s", params)
    assert await cur.fetchone() == (120,)
    with pytest.raises(TypeError):
        await conn.execute("SELECT %s", params)


async def test_no_enumeration(conn: Ours, theirs: Theirs) -> None:
    info = await TheirEnumInfo.fetch(theirs, "int4")
    assert info is not None
    assert not any(info.labels)
    assert await EnumInfo.fetch(conn, "int4") is None


async def test_percent_in_name(conn: Ours, theirs: Theirs) -> None:
    async with theirs.cursor("100%") as their_cursor:
        with pytest.raises(e.ProgrammingError):
            await their_cursor.execute("SELECT %s::int", (1,))
    async with conn.cursor("100%") as cursor:
        await cursor.execute("SELECT %s::int", (1,))
        assert await cursor.fetchone() == (1,)


async def test_row_factory_called(conn: Ours, theirs: Theirs) -> None:
    called = []

    def counting(cursor: Any) -> Any:
        called.append(cursor)

        def make_row(values: Sequence[Any]) -> Any:
            return values

        return make_row

    await theirs.cursor(row_factory=counting).execute("SELECT 1")
    assert len(called) == 1
    cursor = conn.cursor(row_factory=counting)
    await cursor.execute("SELECT 1")
    assert len(called) == 1
    await cursor.fetchone()
    assert len(called) == 2


async def test_own_copy(conn: Ours, theirs: Theirs) -> None:
    async with theirs.cursor().copy("COPY (SELECT 1) TO STDOUT") as copy:
        assert theirs.lock.locked()  # which execute() would wait for
        assert [row async for row in copy.rows()] == [("1",)]
    async with conn.cursor().copy("COPY (SELECT 1) TO STDOUT"):
        with pytest.raises(e.InterfaceError, match="same caller"):
            await conn.execute("SELECT 1")


async def listen(conn: Ours | Theirs, *payloads: str) -> None:
    await conn.execute("LISTEN differences")
    for payload in payloads:
        await conn.execute("SELECT pg_notify('differences', %s)", (payload,))
    await conn.commit()


async def test_use_while_listening(conn: Ours, theirs: Theirs) -> None:
    await listen(theirs, "a")
    found = theirs.notifies(timeout=60)
    assert (await anext(found)).payload == "a"
    assert theirs.lock.locked()
    await found.aclose()
    await listen(conn, "a")
    ours = conn.notifies(timeout=60)
    assert (await anext(ours)).payload == "a"
    assert await (await conn.execute("SELECT 1")).fetchone() == (1,)
    await ours.aclose()


async def test_stop_after(conn: Ours, theirs: Theirs) -> None:
    await listen(theirs, "a", "b")
    found = [n.payload async for n in theirs.notifies(timeout=60, stop_after=1)]
    assert found == ["a", "b"]
    await listen(conn, "a", "b")
    for expected in ("a", "b"):
        found = [n.payload async for n in conn.notifies(timeout=60, stop_after=1)]
        assert found == [expected]


async def test_handlers_and_notifies(conn: Ours, theirs: Theirs) -> None:
    seen: list[str] = []
    theirs.add_notify_handler(lambda n: seen.append(n.payload))
    with pytest.warns(RuntimeWarning, match="handlers"):
        assert [n async for n in theirs.notifies(timeout=0)] == []
    conn.add_notify_handler(lambda n: seen.append(n.payload))
    assert [n async for n in conn.notifies(timeout=0)] == []


async def test_text_of_a_closed_connection(conn: Ours, theirs: Theirs) -> None:
    await theirs.close()
    assert "[BAD]" in str(theirs)
    await conn.close()
    assert "[CLOSED]" in str(conn)
