"""COPY from the client: data, rows and errors, large amounts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.copy import (
    AsyncLibpqWriter,
    AsyncWriter,
)
from pgtwin.pq import TransactionStatus
from tests.aio.support.session_activity import until_sessions
from tests.support.copy_data import ROWS, TEXT, TYPES, both

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]
Content = Callable[[Connection], Awaitable[list[tuple[Any, ...]]]]


@both
async def test_write(
    conn: Connection,
    table: LiteralString,
    options: LiteralString,
    data: bytes,
    content: Content,
) -> None:
    cur = conn.cursor()
    async with cur.copy(f"COPY {table} FROM STDIN {options}") as copy:
        for start in range(0, len(data), 7):
            await copy.write(data[start : start + 7])
    assert await content(conn) == ROWS
    assert cur.rowcount == 3
    assert cur.statusmessage == "COPY 3"


async def test_write_text(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write(TEXT.decode())
    assert await content(conn) == ROWS


async def test_write_text_in_another_encoding(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    await conn.execute("SET client_encoding TO latin1")
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write("1\té\t\n")
        await copy.write_row((2, "è", ""))
    assert await content(conn) == [(1, "é", ""), (2, "è", "")]
    async with conn.cursor().copy(f"COPY {table} TO STDOUT") as copy:
        assert bytes(await copy.read()) == b"1\t\xe9\t\n"
        assert await copy.read_row() == ("2", "è", "")


async def test_write_other_buffers(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write(bytearray(TEXT[:20]))
        await copy.write(memoryview(TEXT[20:]))
    assert await content(conn) == ROWS


async def test_no_text_in_binary(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    with pytest.raises(TypeError, match="str"):
        async with conn.cursor().copy(
            f"COPY {table} FROM STDIN (FORMAT binary)"
        ) as copy:
            await copy.write("text")
    assert conn.info.transaction_status == TransactionStatus.INERROR
    await usable(conn)


@both
async def test_write_row(
    conn: Connection,
    table: LiteralString,
    options: LiteralString,
    data: bytes,
    content: Content,
) -> None:
    cur = conn.cursor()
    async with cur.copy(f"COPY {table} FROM STDIN {options}") as copy:
        copy.set_types(TYPES)
        for row in ROWS:
            await copy.write_row(row)
    assert await content(conn) == ROWS
    assert cur.rowcount == 3


async def later(rows: list[tuple[Any, ...]]) -> AsyncIterator[tuple[Any, ...]]:
    for row in rows:
        await asyncio.sleep(0)
        yield row


@both
async def test_write_rows(
    conn: Connection,
    table: LiteralString,
    options: LiteralString,
    data: bytes,
    content: Content,
) -> None:
    cur = conn.cursor()
    async with cur.copy(f"COPY {table} FROM STDIN {options}") as copy:
        copy.set_types(TYPES)
        await copy.write_rows(ROWS[:1])
        await copy.write_rows(list(row) for row in ROWS[1:2])
        await copy.write_rows(later(ROWS[2:]))
        await copy.write_rows([])
    assert await content(conn) == ROWS
    assert cur.rowcount == 3


@both
async def test_rows_of_generators(
    conn: Connection,
    table: LiteralString,
    options: LiteralString,
    data: bytes,
    content: Content,
) -> None:
    # Psycopg takes them, though its types do not say so.
    rows: list[Any] = [(value for value in row) for row in ROWS]
    async with conn.cursor().copy(f"COPY {table} FROM STDIN {options}") as copy:
        copy.set_types(TYPES)
        await copy.write_row(rows[0])
        await copy.write_rows(rows[1:])
    assert await content(conn) == ROWS


async def test_nothing_after_the_end(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        pass
    with pytest.raises(e.OperationalError, match="has ended"):
        await copy.write("1\ta\tb\n")
    with pytest.raises(e.OperationalError, match="has ended"):
        await copy.write_row((1, "a", "b"))
    with pytest.raises(e.OperationalError, match="has ended"):
        await copy.write_rows([(1, "a", "b")])
    await usable(conn)


async def test_write_while_reading(conn: Connection, usable: Usable) -> None:
    async with conn.cursor().copy("COPY (SELECT 1) TO STDOUT") as copy:
        with pytest.raises(e.ProgrammingError, match="read it"):
            await copy.write_row((1,))
    await usable(conn)


async def test_rows_that_change(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    row: list[Any] = [0, "", [0]]
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        for number in range(3):
            row[0] = row[2][0] = number
            await copy.write_row(row)
    assert await content(conn) == [(n, "", f"{{{n}}}") for n in range(3)]


async def test_rows_of_a_generator_that_change(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        some = [0]
        for number in range(1000):
            some[0] = number
            yield (number, "", some if number >= 600 else "")

    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write_rows(rows())
    assert [each[2] for each in await content(conn)] == [
        f"{{{number}}}" if number >= 600 else "" for number in range(1000)
    ]


async def test_written_buffer_may_change(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    data = bytearray(b"0\ta\tb\n")
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        for number in b"123":
            data[0] = number
            await copy.write(data)
    assert await content(conn) == [(1, "a", "b"), (2, "a", "b"), (3, "a", "b")]


@pytest.mark.parametrize("options", ["", "(FORMAT binary)"], ids=["text", "binary"])
async def test_error_of_one_row(
    conn: Connection, table: LiteralString, options: LiteralString, content: Content
) -> None:
    """The call with the wrong row raises; those before and after are kept."""
    async with conn.cursor().copy(f"COPY {table} FROM STDIN {options}") as copy:
        copy.set_types(TYPES)
        for number in range(5):
            wrong = "\ud800" if number == 3 else "b"
            with suppress(UnicodeEncodeError) if number == 3 else nullcontext():
                await copy.write_row((number, "a", wrong))
                assert number != 3
    assert await content(conn) == [(number, "a", "b") for number in (0, 1, 2, 4)]


@pytest.mark.parametrize("options", ["", "(FORMAT binary)"], ids=["text", "binary"])
async def test_copy_in_of_nothing(
    conn: Connection, table: LiteralString, options: LiteralString, content: Content
) -> None:
    cur = conn.cursor()
    async with cur.copy(f"COPY {table} FROM STDIN {options}"):
        pass
    assert cur.rowcount == 0
    assert await content(conn) == []


@pytest.mark.parametrize("type_name", ["int2", "int4", "oid"])
async def test_number_too_large(
    conn: Connection, type_name: LiteralString, usable: Usable
) -> None:
    await conn.execute(f"CREATE TEMP TABLE numbers (n {type_name})")
    await conn.commit()
    with pytest.raises(e.DataError):
        async with conn.cursor().copy(
            "COPY numbers FROM STDIN (FORMAT binary)"
        ) as copy:
            copy.set_types([type_name])
            await copy.write_row((1,))
            await copy.write_row((2**32 + 1,))
    await usable(conn)


async def test_wrong_number_of_values(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    with pytest.raises(e.DataError):
        async with conn.cursor().copy(
            f"COPY {table} FROM STDIN (FORMAT binary)"
        ) as copy:
            copy.set_types(TYPES)
            await copy.write_row((1, "a"))
    await usable(conn)


async def test_nul_in_text_is_refused(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    with pytest.raises(e.DataError):
        async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            await copy.write_row((1, "a\0b", ""))
    await usable(conn)


async def test_error_in_block(
    conn: Connection, table: LiteralString, usable: Usable, content: Content
) -> None:
    cur = conn.cursor()
    with pytest.raises(ZeroDivisionError):
        async with cur.copy(f"COPY {table} FROM STDIN") as copy:
            await copy.write_row((1, "a", "b"))
            raise ZeroDivisionError("by nothing")
    assert conn.info.transaction_status == TransactionStatus.INERROR
    await usable(conn)
    assert await content(conn) == []


async def test_server_has_the_reason(conn: Connection, table: LiteralString) -> None:
    cur = conn.cursor()
    reason = "error from Python: ValueError - é is wrong"
    with pytest.raises(ValueError, match="é is wrong"):
        async with cur.copy(f"COPY {table} FROM STDIN", writer=Telling(cur)):
            raise ValueError("é is wrong")
    assert reason in Telling.told


class Telling(AsyncWriter):
    """Notes what the server says of the end."""

    told = ""

    def __init__(self, cur: pgtwin.AsyncCursor[Any]) -> None:
        self.cur = cur

    async def write(self, data: Any) -> None:
        raise AssertionError("nothing was written")

    async def finish(self, exc: BaseException | None = None) -> None:
        await AsyncLibpqWriter(self.cur).finish(exc)
        Telling.told = self.cur.connection.pgconn.get_error_message()


async def test_server_error(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    with pytest.raises(e.InvalidTextRepresentation) as caught:
        async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            await copy.write("no number\ta\tb\n")
    assert caught.value.diag.context
    await usable(conn)


async def test_constraint_at_the_end(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    with pytest.raises(e.UniqueViolation):
        async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            await copy.write_rows([(1, "a", "b"), (1, "c", "d")])
    await usable(conn)


async def test_read_while_writing(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    for method in ("read", "read_row"):
        with pytest.raises(e.ProgrammingError, match="write to it"):
            async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                await getattr(copy, method)()
        await usable(conn)


async def test_huge_buffer(conn: Connection, table: LiteralString) -> None:
    size = 30_000_000
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write(b"1\t" + b"x" * size + b"\t\n")
        await copy.write_row((2, "y" * size, ""))
    cur = await conn.execute("SELECT length(a), left(a, 1) FROM things ORDER BY id")
    assert await cur.fetchall() == [(size, "x"), (size, "y")]
    async with cur.copy(f"COPY {table} TO STDOUT") as copy:
        assert [len(bytes(each)) async for each in copy] == [size + 4, size + 4]


@pytest.mark.parametrize("options", ["", "(FORMAT binary)"], ids=["text", "binary"])
async def test_many_rows(
    conn: Connection, table: LiteralString, options: LiteralString
) -> None:
    number = 60_000
    async with conn.cursor().copy(f"COPY {table} FROM STDIN {options}") as copy:
        copy.set_types(TYPES)
        await copy.write_rows((n, f"name {n}", None) for n in range(number // 2))
        for n in range(number // 2, number):
            await copy.write_row((n, f"name {n}", None))
    cur = conn.cursor()
    async with cur.copy(f"COPY {table} TO STDOUT {options}") as copy:
        copy.set_types(TYPES)
        found = 0
        async for n, name, nothing in copy.rows():
            assert name == f"name {n}"
            assert nothing is None
            found += n
    assert cur.rowcount == number
    assert found == sum(range(number))


async def test_slow_server_bounds_memory(conn: Connection, other: Connection) -> None:
    await other.execute("DROP TABLE IF EXISTS copy_locked")
    await other.execute("CREATE TABLE copy_locked (a text)")
    await conn.set_autocommit(True)
    written = 0

    async def fill() -> None:
        nonlocal written
        async with conn.cursor().copy("COPY copy_locked FROM STDIN") as copy:
            for _ in range(500):
                await copy.write(b"x" * 65_535 + b"\n")
                written += 65_536

    try:
        await other.execute(
            "CREATE FUNCTION copy_wait() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NEW; END'"
        )
        await other.execute(
            "CREATE TRIGGER wait BEFORE INSERT ON copy_locked "
            "FOR EACH ROW EXECUTE FUNCTION copy_wait()"
        )
        await other.execute("SELECT pg_advisory_lock(4711)")
        task = asyncio.create_task(fill())
        waits = "pid = %s AND wait_event = 'advisory'"
        await until_sessions(other, 1, waits, conn.info.backend_pid)
        await asyncio.sleep(0.5)
        stopped_at = written
        await other.execute("SELECT pg_advisory_unlock(4711)")
        await task
        assert stopped_at < 8_000_000
        assert written == 500 * 65_536
    finally:
        await other.execute("DROP TABLE copy_locked; DROP FUNCTION copy_wait")
