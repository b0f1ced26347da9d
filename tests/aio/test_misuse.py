"""Connections used where or when they cannot be: told, not hung."""

from __future__ import annotations

import asyncio
import copy
import os
import pickle
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.aio.sessions.lock import SessionLock  # twingen: async-only


async def test_execute_while_streaming(conn: pgtwin.AsyncConnection[Any]) -> None:
    async for _ in conn.cursor().stream("SELECT generate_series(1, 3)"):
        with pytest.raises(
            e.InterfaceError, match=r"busy with stream\(\).*same caller"
        ):
            await conn.execute("SELECT 1", timeout=0.3)
    assert await conn.execute("SELECT 1")


async def test_execute_while_streaming_without_deadline(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    async for _ in conn.cursor().stream("SELECT 1"):
        with pytest.raises(
            e.InterfaceError, match=r"busy with stream\(\).*same caller"
        ):
            await conn.commit()
    assert await conn.execute("SELECT 1")


async def test_another_task_names_the_holder(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    async def execute() -> None:
        await conn.execute("SELECT 1", timeout=0.3)

    async for _ in conn.cursor().stream("SELECT generate_series(1, 3)"):
        with pytest.raises(pgtwin.OperationTimeout, match=r"with stream\(\) in <"):
            await asyncio.create_task(execute())
    assert await conn.execute("SELECT 1")


async def test_execute_while_copying(conn: pgtwin.AsyncConnection[Any]) -> None:
    async def execute() -> None:
        await conn.execute("SELECT 1", timeout=0.3)

    busy = r"busy with copy\(\).*same caller"
    async with conn.cursor().copy("COPY (VALUES (1), (2)) TO STDOUT") as copy:
        assert await copy.read() == b"1\n"
        with pytest.raises(e.InterfaceError, match=busy):
            await conn.execute("SELECT 1")
        with pytest.raises(pgtwin.OperationTimeout, match=r"with copy\(\) in <"):
            await asyncio.create_task(execute())
        assert await copy.read() == b"2\n"
    assert await conn.execute("SELECT 1")


@pytest.mark.usefixtures("patient_with_itself")
async def test_execute_after_leaving_a_stream(
    other: pgtwin.AsyncConnection[Any],
) -> None:
    async for row in other.cursor().stream("SELECT generate_series(1, 100000)"):
        assert row == (1,)
        break
    cur = await other.execute("SELECT 2", timeout=60)
    assert await cur.fetchone() == (2,)


async def test_connection_is_not_copied_or_pickled(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    for make in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match=r"connect\(\)"):
            make(conn)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork()")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
async def test_forked(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("SELECT 1")
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        said = "nothing"
        try:
            said = f"closed={conn.closed} broken={conn.broken} "
            await conn.execute("SELECT 1")
        except e.InterfaceError as error:
            said += str(error)
        except BaseException as error:
            said += repr(error)
        finally:
            await conn.close()
            os.write(writing, said.encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as child:
        said = child.read()
    os.waitpid(pid, 0)
    assert said.startswith("closed=True broken=False the connection belongs to"), said
    assert "connect()" in said
    # What the child has done to its copy means nothing to the parent.
    cur = await conn.execute("SELECT 2")
    assert await cur.fetchone() == (2,)


# twingen: async-only
async def test_another_goes_before(
    conn: pgtwin.AsyncConnection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SessionLock.note_holder, "__defaults__", (0.2,))
    rows = conn.cursor().stream("SELECT generate_series(1, 3)")
    assert await anext(rows) == (1,)
    # It waits for the caller's own rows; these are closed, and another one comes first.
    sleeping = asyncio.create_task(conn.execute("SELECT pg_sleep(1)"))
    await asyncio.sleep(0)
    closing = asyncio.create_task(rows.aclose())
    cur = await conn.execute("SELECT 'after'")
    assert sleeping.done()
    assert await cur.fetchone() == ("after",)
    await closing
