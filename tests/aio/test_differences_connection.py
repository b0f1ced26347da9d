"""Differences from psycopg, on purpose: connections. See docs/compatibility.md.

Each test asks both, so that it tells when psycopg changes too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.conninfo import conninfo_to_dict

# psycopg's own connections call add_reader().
pytestmark = pytest.mark.needs_readers

Ours = pgtwin.AsyncConnection[Any]
Theirs = psycopg.AsyncConnection[Any]


async def test_wrong_password(login_dsn: str) -> None:
    params: dict[str, Any] = conninfo_to_dict(login_dsn)
    params |= {"host": ",".join([params["host"]] * 2), "password": "wrong"}
    with pytest.raises(e.OperationalError) as caught:
        await psycopg.AsyncConnection.connect(**params)
    assert "Multiple connection attempts failed" in str(caught.value)
    assert caught.value.sqlstate is None
    with pytest.raises(e.InvalidPassword) as caught:
        await pgtwin.AsyncConnection.connect(**params)
    assert str(caught.value).count("password authentication failed") == 1
    assert caught.value.sqlstate == "28P01"


async def test_timeout_of_a_service(
    silent_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = tmp_path / "services.conf"
    lines = ["[mine]", "host=127.0.0.1", f"port={silent_port}", "connect_timeout=2", ""]
    service.write_text("\n".join(lines))
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    monkeypatch.setenv("PGSERVICE", "mine")
    monkeypatch.setenv("PGHOST", "no-such-host.invalid")
    with pytest.raises(e.OperationalError, match="resolve"):
        await psycopg.AsyncConnection.connect()
    with pytest.raises(e.ConnectionTimeout, match=f"{silent_port}"):
        await pgtwin.AsyncConnection.connect()


async def test_prepared_by_a_walsender(tcp_dsn: str) -> None:
    params: dict[str, Any] = {"replication": "database", "autocommit": True}
    async with await psycopg.AsyncConnection.connect(tcp_dsn, **params) as their_conn:
        with pytest.raises(e.ProtocolViolation):
            for _ in range(6):
                await their_conn.execute("SELECT 1")
    async with pgtwin.AsyncConnection.connect(tcp_dsn, **params) as our_conn:
        for _ in range(6):
            await our_conn.execute("SELECT 1")


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


async def test_none_prepared(conn: Ours, theirs: Theirs) -> None:
    for each in theirs, conn:
        each.prepare_threshold = each.prepared_max = 0
    with pytest.raises(e.SyntaxError, match="multiple commands"):
        await theirs.execute("SELECT 1; SELECT 2")
    cur = await conn.execute("SELECT 1; SELECT 2")
    assert [await each.fetchall() async for each in cur.results()] == [[(1,)], [(2,)]]


async def test_block_of_a_connection_in_another(conn: Ours, theirs: Theirs) -> None:
    async def leave(conn: Ours | Theirs) -> None:
        async with conn.transaction():
            with pytest.raises(e.ProgrammingError):
                async with conn:
                    pass

    await leave(theirs)
    assert not theirs.closed
    await leave(conn)
    assert conn.closed


async def test_block_of_a_lost_connection(conn: Ours, theirs: Theirs) -> None:
    query = "SELECT pg_terminate_backend(pg_backend_pid())"
    async with theirs.transaction():
        with pytest.raises(e.AdminShutdown):
            await theirs.execute(query)
    with pytest.raises(e.OperationalError, match="lost"):
        async with conn.transaction():
            with pytest.raises(e.AdminShutdown):
                await conn.execute(query)
