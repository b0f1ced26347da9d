"""COPY blocks: their statements, transactions, and what may be done meanwhile."""

from __future__ import annotations

import asyncio
import gc
import tempfile
from collections.abc import Awaitable, Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin import errors as e, sql
from pgtwin.copy import AsyncCopy, AsyncFileWriter
from pgtwin.pq import TransactionStatus
from tests.support.copy_data import ROWS

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]
Content = Callable[[Connection], Awaitable[list[tuple[Any, ...]]]]


@pytest.mark.parametrize(
    "query", ["SELECT 1", "", "RESET timezone", "COPY things TO STDOUT; SELECT 1"]
)
async def test_statement_that_is_not_one_copy(
    conn: Connection, table: LiteralString, query: LiteralString, usable: Usable
) -> None:
    with pytest.raises(e.ProgrammingError, match=r"copy\(\) executes"):
        async with conn.cursor().copy(query) as copy:
            await copy.read()
    await usable(conn)


async def test_statement_before(conn: Connection, usable: Usable) -> None:
    with pytest.raises(e.ProgrammingError, match="no other statement"):
        async with conn.cursor().copy("SELECT 1; COPY (SELECT 1) TO STDOUT"):
            pass
    await usable(conn)


async def test_error_in_statement(conn: Connection, usable: Usable) -> None:
    with pytest.raises(e.UndefinedTable):
        async with conn.cursor().copy("COPY no_such_table FROM STDIN"):
            pass
    await usable(conn)


async def test_execute_says_what_to_use(conn: Connection, usable: Usable) -> None:
    with pytest.raises(e.ProgrammingError, match=r"use copy\(\)"):
        await conn.execute("COPY (SELECT 1) TO STDOUT")
    await usable(conn)


async def test_parameters(conn: Connection) -> None:
    cur = conn.cursor()
    async with cur.copy("COPY (SELECT %s, %s, '%%') TO STDOUT", (1, "a'b")) as copy:
        assert await copy.read_row() == ("1", "a'b", "%")
    query = sql.SQL("COPY (SELECT %(a)s, %(a)s) TO STDOUT")
    async with cur.copy(query, {"a": date(2024, 1, 2)}) as copy:
        assert await copy.read_row() == ("2024-01-02", "2024-01-02")
    async with cur.copy("COPY (SELECT '%s') TO STDOUT") as copy:
        assert await copy.read_row() == ("%s",)


async def test_starts_a_transaction(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write_rows(ROWS)
    assert conn.info.transaction_status == TransactionStatus.INTRANS
    await conn.rollback()
    assert await content(conn) == []


async def test_autocommit(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    await conn.set_autocommit(True)
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write_rows(ROWS)
    assert conn.info.transaction_status == TransactionStatus.IDLE
    assert await content(conn) == ROWS


async def test_own_operation_meanwhile(
    conn: Connection, table: LiteralString, usable: Usable, content: Content
) -> None:
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write_row(ROWS[0])
        with pytest.raises(e.InterfaceError, match=r"busy with copy\(\).*same caller"):
            await conn.execute("SELECT 1")
        with pytest.raises(e.InterfaceError, match=r"busy with copy\(\).*same caller"):
            await conn.commit()
        await copy.write_row(ROWS[1])
    assert await content(conn) == ROWS[:2]
    await usable(conn)


@pytest.mark.parametrize("query", ["COPY things FROM STDIN", "COPY things TO STDOUT"])
@pytest.mark.parametrize("timeout", [None, 60])
async def test_other_tasks_wait_for_the_copy_block(
    conn: Connection, table: LiteralString, query: LiteralString, timeout: float | None
) -> None:
    seen: list[str] = []
    begun = asyncio.Event()

    async def copy_rows() -> None:
        async with conn.cursor().copy(query, timeout=timeout) as copy:
            begun.set()
            # Long enough for the others to begin, if they did not wait.
            await asyncio.sleep(0.2)
            if "FROM" in query:
                await copy.write_row(ROWS[0])
            else:
                assert await copy.read() == b""
            seen.append("copied")

    async def execute(what: str) -> None:
        await begun.wait()
        if what == "execute":
            await conn.execute("SELECT 1", timeout=timeout)
        elif what == "executemany":
            await conn.cursor().executemany("SELECT %s", [(1,), (2,)], timeout=timeout)
        elif what == "stream":
            async for _ in conn.cursor().stream("SELECT 1", timeout=timeout):
                pass
        else:
            async with conn.cursor().copy("COPY (SELECT 1) TO STDOUT") as copy:
                assert await copy.read_row() == ("1",)
        seen.append(what)

    others = ["execute", "executemany", "stream", "copy"]
    await asyncio.gather(copy_rows(), *[execute(what) for what in others])
    assert seen[0] == "copied"
    assert sorted(seen[1:]) == sorted(others)


async def test_other_tasks_wait_for_the_copy_block_until_their_deadline(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    async def execute() -> None:
        await conn.execute("SELECT 1", timeout=0.1)

    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write_row(ROWS[0])
        with pytest.raises(pgtwin.OperationTimeout, match=r"with copy\(\) in <"):
            await asyncio.create_task(execute())
        await copy.write_row(ROWS[1])
    assert await content(conn) == ROWS[:2]


@pytest.mark.parametrize("timeout", [None, 60])
async def test_steps_of_several_tasks(
    conn: Connection, table: LiteralString, timeout: float | None
) -> None:
    numbers = range(3000)
    query = f"COPY {table} (id) FROM STDIN"
    async with conn.cursor().copy(query, timeout=timeout) as copy:

        async def write(begin: int) -> None:
            for number in numbers[begin::3]:
                await copy.write(f"{number}\n")

        await asyncio.gather(write(0), write(1), write(2))
    found: list[int] = []
    query = f"COPY {table} (id) TO STDOUT"
    async with conn.cursor().copy(query, timeout=timeout) as copy:

        async def read() -> None:
            while (row := await copy.read_row()) is not None:
                found.append(int(row[0]))

        await asyncio.gather(read(), read(), read())
    assert sorted(found) == list(numbers)


@pytest.mark.parametrize("binary", [False, True])
async def test_rows_of_several_tasks(conn: Connection, binary: bool) -> None:
    await conn.execute("CREATE TEMP TABLE numbers (id int, a text)")
    long = "x" * 500
    query = "COPY numbers FROM STDIN" + (" (FORMAT binary)" if binary else "")
    async with conn.cursor().copy(query) as copy:
        copy.set_types(["int4", "text"])

        async def write(begin: int) -> None:
            for number in range(begin, 8000, 4):
                await copy.write_row((number, long))

        await asyncio.gather(write(0), write(1), write(2), write(3))
    cur = await conn.execute(
        "SELECT count(*), count(DISTINCT id), sum(length(a)) FROM numbers"
    )
    assert await cur.fetchone() == (8000, 8000, 8000 * 500)


@pytest.mark.parametrize("query", ["COPY things FROM STDIN", "COPY things TO STDOUT"])
async def test_forgotten_block(
    other: Connection, query: LiteralString, usable: Usable
) -> None:
    await other.execute("CREATE TEMP TABLE things (id int)")
    block = other.cursor().copy(query)
    copy = await block.__aenter__()
    del copy, block
    gc.collect()
    await other.execute("SELECT 1", timeout=60)
    await usable(other)


async def test_notifies_meanwhile(conn: Connection, table: LiteralString) -> None:
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write_row(ROWS[0])
        assert [n async for n in conn.notifies(timeout=0)] == []
        await copy.write_row(ROWS[1])


async def test_copy_of_a_file_meanwhile(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    with tempfile.TemporaryFile() as file:
        async with (
            conn.cursor().copy(f"COPY {table} FROM STDIN") as copy,
            AsyncCopy(
                conn.cursor(), binary=False, writer=AsyncFileWriter(file)
            ) as to_file,
        ):
            await copy.write_row(ROWS[0])
            await to_file.write_row(ROWS[1])
        file.seek(0)
        assert file.read().decode().startswith(str(ROWS[1][0]))
    assert await content(conn) == ROWS[:1]


async def test_close_meanwhile(conn: Connection, table: LiteralString) -> None:
    with pytest.raises(e.OperationalError, match="closed"):
        async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            await copy.write_row(ROWS[0])
            await conn.close()
    assert conn.closed


async def test_closed_cursor(conn: Connection) -> None:
    cur = conn.cursor()
    await cur.close()
    with pytest.raises(e.InterfaceError, match="cursor is closed"):
        async with cur.copy("COPY (SELECT 1) TO STDOUT"):
            pass


async def test_block_is_entered_once(conn: Connection) -> None:
    async with conn.cursor().copy("COPY (SELECT 1) TO STDOUT") as copy:
        assert await copy.read_row() == ("1",)
    with pytest.raises(TypeError, match="entered once"):
        async with copy:
            pass


async def test_lost_server(
    conn: Connection, other: Connection, table: LiteralString
) -> None:
    pid = conn.info.backend_pid
    with pytest.raises(e.OperationalError):
        async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            await copy.write_row(ROWS[0])
            await other.execute("SELECT pg_terminate_backend(%s, 60000)", (pid,))
            for _ in range(1000):
                await copy.write(b"x" * 65_536)
    assert conn.broken


async def test_repr(conn: Connection) -> None:
    async with conn.cursor().copy("COPY (SELECT 1) TO STDOUT") as copy:
        assert "COPY_OUT" in repr(copy)
    assert "finished" in repr(copy)


async def test_table_to_table(
    conn: Connection, other: Connection, table: LiteralString
) -> None:
    await other.execute("CREATE TEMP TABLE others (id int, a text, b text)")
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write_rows(ROWS)
    query = f"COPY {table} TO STDOUT (FORMAT binary)"
    to_others = "COPY others FROM STDIN (FORMAT binary)"
    async with (
        conn.cursor().copy(query) as source,
        other.cursor().copy(to_others) as target,
    ):
        async for data in source:
            await target.write(data)
    cur = await other.execute("SELECT * FROM others ORDER BY id")
    assert await cur.fetchall() == ROWS


async def test_not_a_copy_cursor(conn: Connection) -> None:
    cur = await conn.execute("SELECT 1")
    with pytest.raises(e.ProgrammingError, match="TUPLES_OK"):
        AsyncCopy(cur)


async def test_result_before(conn: Connection) -> None:
    cur = await conn.execute("SELECT 1")
    with pytest.raises(e.UndefinedTable):
        async with cur.copy("COPY pgtwin_nowhere TO STDOUT"):
            pytest.fail("there is no such table")
    assert cur.pgresult is None
    assert cur.description is None
    assert cur.rowcount == -1
    with pytest.raises(e.ProgrammingError):
        await cur.fetchone()
