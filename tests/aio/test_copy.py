"""COPY: data and rows to the server and from it, errors, writers, large amounts."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

import pgtwin
from pgtwin import errors as e, sql
from pgtwin.copy import (
    AsyncCopy,
    AsyncFileWriter,
    AsyncLibpqWriter,
    AsyncQueuedLibpqWriter,
    AsyncWriter,
)
from pgtwin.pq import TransactionStatus

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]

ROWS = [(10, None, "hello"), (40, "tab\tand\\N", "line\nfeed"), (50, "é", "\r")]
TEXT = b"10\t\\N\thello\n40\ttab\\tand\\\\N\tline\\nfeed\n50\t\xc3\xa9\t\\r\n"
BINARY = (
    b"PGCOPY\n\xff\r\n\0" + bytes(8) + b"\0\x03"
    b"\0\0\0\x04\0\0\0\x0a\xff\xff\xff\xff\0\0\0\x05hello\0\x03"
    b"\0\0\0\x04\0\0\0\x28\0\0\0\x09tab\tand\\N\0\0\0\x09line\nfeed\0\x03"
    b"\0\0\0\x04\0\0\0\x32\0\0\0\x02\xc3\xa9\0\0\0\x01\r\xff\xff"
)
TYPES = ["int4", "text", "text"]
FORMATS = [("", TEXT), ("(FORMAT binary)", BINARY)]
VALUES = """
    (VALUES (10, NULL, 'hello'), (40, E'tab\\tand\\\\N', E'line\\nfeed'),
    (50, 'é', E'\\r')) AS v"""
both = pytest.mark.parametrize(("options", "data"), FORMATS, ids=["text", "binary"])


@pytest.fixture
async def table(conn: Connection) -> LiteralString:
    """A temporary table of three columns."""
    await conn.execute("CREATE TEMP TABLE things (id int PRIMARY KEY, a text, b text)")
    await conn.commit()
    return "things"


async def content(conn: Connection) -> list[tuple[Any, ...]]:
    cur = await conn.execute("SELECT * FROM things ORDER BY id")
    return await cur.fetchall()


# From the server.


@both
async def test_read(conn: Connection, options: LiteralString, data: bytes) -> None:
    cur = conn.cursor()
    pieces = []
    async with cur.copy(f"COPY (SELECT * FROM {VALUES}) TO STDOUT {options}") as copy:
        while piece := await copy.read():
            pieces.append(bytes(piece))
        assert not await copy.read()
    assert b"".join(pieces) == data
    assert len(pieces) >= 3
    assert cur.rowcount == 3
    assert cur.statusmessage == "COPY 3"
    assert conn.info.transaction_status == TransactionStatus.INTRANS


@both
async def test_iterate(conn: Connection, options: LiteralString, data: bytes) -> None:
    cur = conn.cursor()
    async with cur.copy(f"COPY (SELECT * FROM {VALUES}) TO STDOUT {options}") as copy:
        pieces = [bytes(piece) async for piece in copy]
    assert b"".join(pieces) == data


@both
async def test_rows(conn: Connection, options: LiteralString, data: bytes) -> None:
    cur = conn.cursor()
    async with cur.copy(f"COPY (SELECT * FROM {VALUES}) TO STDOUT {options}") as copy:
        copy.set_types(TYPES)
        assert [row async for row in copy.rows()] == ROWS
    assert cur.rowcount == 3


@both
async def test_read_row(conn: Connection, options: LiteralString, data: bytes) -> None:
    cur = conn.cursor()
    async with cur.copy(f"COPY (SELECT * FROM {VALUES}) TO STDOUT {options}") as copy:
        copy.set_types(TYPES)
        for row in ROWS:
            assert await copy.read_row() == row
        assert await copy.read_row() is None
        assert await copy.read_row() is None
    assert conn.info.transaction_status == TransactionStatus.INTRANS


async def test_rows_without_types(conn: Connection) -> None:
    cur = conn.cursor()
    async with cur.copy(f"COPY (SELECT * FROM {VALUES}) TO STDOUT") as copy:
        rows = [row async for row in copy.rows()]
    assert rows == [(str(row[0]), *row[1:]) for row in ROWS]
    async with cur.copy("COPY (SELECT 1, NULL, 'x') TO STDOUT (FORMAT binary)") as copy:
        assert [row async for row in copy.rows()] == [(b"\0\0\0\x01", None, b"x")]


LOADED = [
    ("int2", -5),
    ("int8", 2**40),
    ("oid", 2**31),
    ("float4", 0.5),
    ("float8", float("inf")),
    ("bool", True),
    ("numeric", Decimal("1.50")),
    ("bytea", b"\0\\x\xff"),
    ("date", date(2024, 2, 29)),
    ("timestamptz", datetime(2024, 2, 29, 1, 2, 3, 456, tzinfo=timezone.utc)),
    ("uuid", UUID(int=7)),
    ("int4[]", [1, None, 3]),
    ("text[]", ["a,b", 'quo"te\\']),
    ("jsonb", {"a": [1, None]}),
]


@pytest.mark.parametrize("options", ["", "(FORMAT binary)"], ids=["text", "binary"])
@pytest.mark.parametrize(("type_name", "value"), LOADED)
async def test_types(
    conn: Connection, options: LiteralString, type_name: LiteralString, value: object
) -> None:
    await conn.execute("SET timezone TO 'UTC'")
    cur = conn.cursor()
    query = f"COPY (SELECT %s::{type_name}, NULL::{type_name}) TO STDOUT {options}"
    given = pgtwin.types.json.Jsonb(value) if isinstance(value, dict) else value
    async with cur.copy(query, (given,)) as copy:
        copy.set_types([type_name, type_name])
        assert [row async for row in copy.rows()] == [(value, None)]


@pytest.mark.parametrize("options", ["", "(FORMAT binary)"], ids=["text", "binary"])
async def test_many_rows_of_numbers(conn: Connection, options: LiteralString) -> None:
    cur = conn.cursor()
    query = (
        "COPY (SELECT n, n::int8 * 1000000007, n / 4::float8, n % 2 = 0, "
        "CASE WHEN n % 1000 = 0 THEN NULL ELSE n END FROM generate_series(1, 5000) n) "
        f"TO STDOUT {options}"
    )
    async with cur.copy(query) as copy:
        copy.set_types(["int4", "int8", "float8", "bool", "int4"])
        rows = [row async for row in copy.rows()]
    assert rows == [
        (n, n * 1000000007, n / 4, n % 2 == 0, n if n % 1000 else None)
        for n in range(1, 5001)
    ]


@both
async def test_no_rows(conn: Connection, options: LiteralString, data: bytes) -> None:
    cur = conn.cursor()
    async with cur.copy(f"COPY (SELECT 1 WHERE false) TO STDOUT {options}") as copy:
        copy.set_types(["int4"])
        assert [row async for row in copy.rows()] == []
    assert cur.rowcount == 0


async def test_wrong_number_of_types(conn: Connection, usable: Usable) -> None:
    for options in ("", "(FORMAT binary)"):
        cur = conn.cursor()
        with pytest.raises(e.ProgrammingError, match=r"2 columns.*given 1"):
            async with cur.copy(f"COPY (SELECT 1, 2) TO STDOUT {options}") as copy:
                copy.set_types(["int4"])
                await copy.read_row()
        await usable(conn)


async def test_unknown_type(conn: Connection, usable: Usable) -> None:
    with pytest.raises(KeyError, match="no_such_type"):
        async with conn.cursor().copy("COPY (SELECT 1) TO STDOUT") as copy:
            copy.set_types(["no_such_type"])
    await usable(conn)


async def test_csv_has_no_rows(conn: Connection) -> None:
    query = "COPY (SELECT 1, E'a\\nb') TO STDOUT (FORMAT csv)"
    async with conn.cursor().copy(query) as copy:
        assert b"".join([bytes(each) async for each in copy]) == b'1,"a\nb"\n'
    with pytest.raises(e.DataError, match=r"read\(\)"):
        async with conn.cursor().copy(query) as copy:
            await copy.read_row()


async def test_description_of_columns(conn: Connection) -> None:
    cur = conn.cursor()
    async with cur.copy("COPY (SELECT 1, 2) TO STDOUT") as copy:
        assert [row async for row in copy.rows()] == [("1", "2")]
    assert cur.description is not None
    assert [column.name for column in cur.description] == ["column_1", "column_2"]
    with pytest.raises(e.ProgrammingError):
        await cur.fetchone()


async def test_leave_early(conn: Connection, usable: Usable) -> None:
    query = "COPY (SELECT repeat('x', 100) FROM generate_series(1, 1000000)) TO STDOUT"
    async with conn.cursor().copy(query) as copy:
        assert await copy.read_row() == ("x" * 100,)
    assert conn.info.transaction_status != TransactionStatus.ACTIVE
    await usable(conn)


async def test_error_while_reading(conn: Connection, usable: Usable) -> None:
    query = "COPY (SELECT repeat('x', 100) FROM generate_series(1, 1000000)) TO STDOUT"
    with pytest.raises(ZeroDivisionError):
        async with conn.cursor().copy(query) as copy:
            async for _ in copy:
                raise ZeroDivisionError
    assert conn.info.transaction_status == TransactionStatus.INERROR
    await usable(conn)


async def test_server_error_while_reading(conn: Connection, usable: Usable) -> None:
    query = "COPY (SELECT 10 / (500 - n) FROM generate_series(1, 1000) n) TO STDOUT"
    rows = 0
    with pytest.raises(e.DivisionByZero):
        async with conn.cursor().copy(query) as copy:
            async for _ in copy.rows():
                rows += 1
    assert rows == 499
    await usable(conn)


async def test_write_while_reading(conn: Connection, usable: Usable) -> None:
    with pytest.raises(e.ProgrammingError, match="read it"):
        async with conn.cursor().copy("COPY (SELECT 1) TO STDOUT") as copy:
            await copy.write("1\n")
    await usable(conn)


# To the server.


@both
async def test_write(
    conn: Connection, table: LiteralString, options: LiteralString, data: bytes
) -> None:
    cur = conn.cursor()
    async with cur.copy(f"COPY {table} FROM STDIN {options}") as copy:
        for start in range(0, len(data), 7):
            await copy.write(data[start : start + 7])
    assert await content(conn) == ROWS
    assert cur.rowcount == 3
    assert cur.statusmessage == "COPY 3"


async def test_write_text(conn: Connection, table: LiteralString) -> None:
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write(TEXT.decode())
    assert await content(conn) == ROWS


async def test_write_text_in_another_encoding(
    conn: Connection, table: LiteralString
) -> None:
    await conn.execute("SET client_encoding TO latin1")
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write("1\té\t\n")
        await copy.write_row((2, "è", ""))
    assert await content(conn) == [(1, "é", ""), (2, "è", "")]
    async with conn.cursor().copy(f"COPY {table} TO STDOUT") as copy:
        assert bytes(await copy.read()) == b"1\t\xe9\t\n"
        assert await copy.read_row() == ("2", "è", "")


async def test_write_other_buffers(conn: Connection, table: LiteralString) -> None:
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
    conn: Connection, table: LiteralString, options: LiteralString, data: bytes
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
    conn: Connection, table: LiteralString, options: LiteralString, data: bytes
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


async def test_rows_that_change(conn: Connection, table: LiteralString) -> None:
    row: list[Any] = [0, "", [0]]
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        for number in range(3):
            row[0] = row[2][0] = number
            await copy.write_row(row)
    assert await content(conn) == [(n, "", f"{{{n}}}") for n in range(3)]


@pytest.mark.parametrize("options", ["", "(FORMAT binary)"], ids=["text", "binary"])
async def test_nothing(
    conn: Connection, table: LiteralString, options: LiteralString
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


async def test_nul(conn: Connection, table: LiteralString, usable: Usable) -> None:
    with pytest.raises(e.DataError):
        async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            await copy.write_row((1, "a\0b", ""))
    await usable(conn)


async def test_error_in_block(
    conn: Connection, table: LiteralString, usable: Usable
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
        for _ in range(200):
            await asyncio.sleep(0.01)
            if written > 0 and _ > 100:
                break
        stopped_at = written
        await other.execute("SELECT pg_advisory_unlock(4711)")
        await task
        assert stopped_at < 8_000_000
        assert written == 500 * 65_536
    finally:
        await other.execute("DROP TABLE copy_locked; DROP FUNCTION copy_wait")


# Statements.


@pytest.mark.parametrize(
    "query", ["SELECT 1", "", "RESET timezone", "COPY things TO STDOUT; SELECT 1"]
)
async def test_not_one_copy(
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


async def test_starts_a_transaction(conn: Connection, table: LiteralString) -> None:
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write_rows(ROWS)
    assert conn.info.transaction_status == TransactionStatus.INTRANS
    await conn.rollback()
    assert await content(conn) == []


async def test_autocommit(conn: Connection, table: LiteralString) -> None:
    await conn.set_autocommit(True)
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write_rows(ROWS)
    assert conn.info.transaction_status == TransactionStatus.IDLE
    assert await content(conn) == ROWS


async def test_other_operation_meanwhile(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write_row(ROWS[0])
        with pytest.raises(e.OperationalError, match=r"busy with copy\(\) in"):
            await conn.execute("SELECT 1")
        with pytest.raises(e.OperationalError, match=r"busy with copy\(\) in"):
            await conn.commit()
        await copy.write_row(ROWS[1])
    assert await content(conn) == ROWS[:2]
    await usable(conn)


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
            await other.execute("SELECT pg_terminate_backend(%s, 30000)", (pid,))
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


# Writers.


@pytest.mark.parametrize("cls", [AsyncLibpqWriter, AsyncQueuedLibpqWriter])
@both
async def test_libpq_writers(
    conn: Connection,
    table: LiteralString,
    cls: type[AsyncLibpqWriter],
    options: LiteralString,
    data: bytes,
) -> None:
    cur = conn.cursor()
    writer = cls(cur, flush_threshold=0)
    async with cur.copy(f"COPY {table} FROM STDIN {options}", writer=writer) as copy:
        copy.set_types(TYPES)
        await copy.write_rows(ROWS)
        await copy.write_rows((n, "x" * 1000, None) for n in range(100, 1000))
    assert (await content(conn))[:3] == ROWS
    assert cur.rowcount == 903


async def test_queued_error(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    cur = conn.cursor()
    writer = AsyncQueuedLibpqWriter(cur)
    with pytest.raises(e.InvalidTextRepresentation):
        async with cur.copy(f"COPY {table} FROM STDIN", writer=writer) as copy:
            await copy.write("no number\ta\tb\n")
            for _ in range(500):
                await copy.write(b"x" * 65_536)
    await usable(conn)


async def test_queued_error_in_block(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    cur = conn.cursor()
    writer = AsyncQueuedLibpqWriter(cur)
    with pytest.raises(ZeroDivisionError):
        async with cur.copy(f"COPY {table} FROM STDIN", writer=writer) as copy:
            await copy.write_rows((n, "x" * 10_000, "") for n in range(100))
            raise ZeroDivisionError
    await usable(conn)
    assert await content(conn) == []


@both
async def test_file(conn: Connection, options: LiteralString, data: bytes) -> None:
    file = io.BytesIO()
    cur = conn.cursor()
    async with AsyncCopy(
        cur, binary=bool(options), writer=AsyncFileWriter(file)
    ) as copy:
        copy.set_types(TYPES)
        await copy.write_rows(ROWS)
    assert file.getvalue() == data
    assert conn.info.transaction_status == TransactionStatus.IDLE


class Half(AsyncWriter):
    """Gives every other block to the server: a writer that a user wrote."""

    def __init__(self, cur: pgtwin.AsyncCursor[Any]) -> None:
        self.inner = AsyncLibpqWriter(cur)
        self.number = 0
        self.ended: list[BaseException | None] = []

    async def write(self, data: Any) -> None:
        self.number += 1
        if self.number % 2:
            await self.inner.write(data)

    async def finish(self, exc: BaseException | None = None) -> None:
        self.ended.append(exc)
        await self.inner.finish(exc)


async def test_own_writer(conn: Connection, table: LiteralString) -> None:
    cur = conn.cursor()
    writer = Half(cur)
    async with cur.copy(f"COPY {table} FROM STDIN", writer=writer) as copy:
        for n in range(4):
            await copy.write(f"{n}\t{'x' * 40_000}\t\n")
    assert [row[0] for row in await content(conn)] == [0, 2]
    assert writer.ended == [None]


class Deaf(AsyncWriter):
    """Ignores everything."""

    async def write(self, data: Any) -> None:
        pass


async def test_writer_that_does_not_end_the_copy(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    async with conn.cursor().copy(f"COPY {table} FROM STDIN", writer=Deaf()) as copy:
        await copy.write_rows(ROWS)
    await usable(conn)
    assert await content(conn) == []


async def test_not_a_copy_cursor(conn: Connection) -> None:
    cur = await conn.execute("SELECT 1")
    with pytest.raises(e.ProgrammingError, match="TUPLES_OK"):
        AsyncCopy(cur)


# Records.


async def test_records(conn: Connection, table: LiteralString) -> None:
    assert await conn.copy_records(table, ["id", "a", "b"], ROWS) == 3
    assert await conn.copy_records(table, ["b", "id"], [("x", 1)]) == 1
    assert await conn.copy_records(table, None, later([(2, "y", "z")])) == 1
    assert await conn.copy_records(table, None, []) == 0
    assert await content(conn) == [(1, None, "x"), (2, "y", "z"), *ROWS]


async def test_records_with_difficult_names(conn: Connection) -> None:
    await conn.execute("""
        CREATE SCHEMA "my ""schema";
        CREATE TABLE "my ""schema"."Table; --" (
            "%s" int, "Sp ace" text, twice int GENERATED ALWAYS AS ("%s" * 2) STORED)
    """)
    name = sql.Identifier('my "schema', "Table; --")
    assert await conn.copy_records(name, None, [(1, "a")]) == 1
    assert await conn.copy_records(name, ["Sp ace", "%s"], [("b", 2)]) == 1
    cur = await conn.execute(sql.SQL("SELECT * FROM {} ORDER BY 1").format(name))
    assert await cur.fetchall() == [(1, "a", 2), (2, "b", 4)]
    await conn.rollback()


async def test_records_of_all_types(conn: Connection) -> None:
    columns = [f"c{number}" for number in range(len(LOADED))]
    row = tuple(
        pgtwin.types.json.Jsonb(value) if isinstance(value, dict) else value
        for _, value in LOADED
    )
    definitions = ", ".join(
        f"{column} {name}" for column, (name, _) in zip(columns, LOADED, strict=True)
    )
    await conn.execute(f"CREATE TEMP TABLE all_types ({definitions})".encode())
    await conn.execute("SET timezone TO 'UTC'")
    await conn.copy_records("all_types", columns, [row, (None,) * len(row)])
    cur = await conn.execute("SELECT * FROM all_types WHERE c0 IS NOT NULL")
    assert await cur.fetchall() == [tuple(value for _, value in LOADED)]


async def test_records_as_text(conn: Connection) -> None:
    await conn.execute("CREATE TYPE mood AS ENUM ('ok', 'bad')")
    await conn.execute("CREATE TEMP TABLE moods (m mood, c char(3), n numeric, d date)")
    rows = [("ok", "a", 1.5, "2024-01-02"), ("bad", None, Decimal(2), None)]
    assert await conn.copy_records("moods", None, rows) == 2
    cur = await conn.execute("SELECT * FROM moods ORDER BY n")
    assert await cur.fetchall() == [
        ("ok", "a  ", Decimal("1.5"), date(2024, 1, 2)),
        ("bad", None, Decimal(2), None),
    ]
    await conn.rollback()


async def test_records_too_large(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    with pytest.raises(e.DataError):
        await conn.copy_records(table, ["id"], [(1,), (2**40,)])
    await usable(conn)
    with pytest.raises(e.NumericValueOutOfRange):
        await conn.copy_records(table, ["id"], [(2**40,)])
    await usable(conn)
    assert await content(conn) == []


async def test_records_errors(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    with pytest.raises(e.UndefinedTable):
        await conn.copy_records("no_such_table", ["a"], [(1,)])
    await usable(conn)
    with pytest.raises(e.UndefinedColumn):
        await conn.copy_records(table, ["no_such_column"], [(1,)])
    await usable(conn)
    with pytest.raises(e.UniqueViolation):
        await conn.copy_records(table, ["id"], [(1,), (1,)])
    await usable(conn)
