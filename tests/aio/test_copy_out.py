"""COPY to the client: data, rows and their types, and the block left early."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.pq import TransactionStatus
from tests.support.copy_data import LOADED, ROWS, TYPES, VALUES, both

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]


@both
async def test_copy_read(conn: Connection, options: LiteralString, data: bytes) -> None:
    cur = conn.cursor()
    pieces = []
    async with cur.copy(f"COPY (SELECT * FROM {VALUES}) TO STDOUT {options}") as copy:
        while piece := await copy.read():
            pieces.append(bytes(piece))
        assert not await copy.read()
    assert b"".join(pieces) == data
    assert len(pieces) >= 3
    assert cur.rowcount == 3
    await cur.set_result(0)
    assert (cur.rowcount, cur.statusmessage) == (3, "COPY 3")
    assert cur.statusmessage == "COPY 3"
    assert conn.info.transaction_status == TransactionStatus.INTRANS


@both
async def test_iterate(conn: Connection, options: LiteralString, data: bytes) -> None:
    cur = conn.cursor()
    async with cur.copy(f"COPY (SELECT * FROM {VALUES}) TO STDOUT {options}") as copy:
        pieces = [bytes(piece) async for piece in copy]
    assert b"".join(pieces) == data


@both
async def test_copy_blocks(
    conn: Connection, options: LiteralString, data: bytes
) -> None:
    cur = conn.cursor()
    async with cur.copy(f"COPY (SELECT * FROM {VALUES}) TO STDOUT {options}") as copy:
        blocks = [block async for block in copy.blocks()]
        assert [block async for block in copy.blocks()] == []
    assert b"".join(blocks) == data
    assert {type(block) for block in blocks} == {bytes}
    assert cur.rowcount == 3


async def test_blocks_of_many_rows(conn: Connection) -> None:
    query = "COPY (SELECT repeat('x', 99) FROM generate_series(1, 20000)) TO STDOUT"
    async with conn.cursor().copy(query) as copy:
        blocks = [block async for block in copy.blocks()]
    assert b"".join(blocks) == (b"x" * 99 + b"\n") * 20000
    assert all(len(block) % 100 == 0 for block in blocks)
    assert len(blocks) < 5000
    assert max(map(len, blocks)) < 1024 * 1024


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


async def test_rows_of_one_length(conn: Connection) -> None:
    # All of them have as many bytes, but seldom the same fields.
    query = """COPY (SELECT CASE WHEN n % 5 <> 0 THEN n END, repeat('a', n % 3),
        repeat('b', 5 - n % 3 - CASE WHEN n % 5 <> 0 THEN 2 ELSE -2 END),
        CASE WHEN n % 7 = 0 THEN true END, CASE WHEN n % 7 <> 0 THEN true END
        FROM generate_series(1, 3000) n) TO STDOUT (FORMAT binary)"""
    async with conn.cursor().copy(query) as copy:
        copy.set_types(["int4", "text", "text", "bool", "bool"])
        rows = [row async for row in copy.rows()]
    assert rows == [
        (
            n if n % 5 else None,
            "a" * (n % 3),
            "b" * (5 - n % 3 - (2 if n % 5 else -2)),
            None if n % 7 else True,
            True if n % 7 else None,
        )
        for n in range(1, 3001)
    ]


async def test_rows_of_many_lengths(conn: Connection) -> None:
    query = """COPY (SELECT n, repeat('a', n % 250), NULL FROM generate_series(1, 3000)
        n) TO STDOUT (FORMAT binary)"""
    async with conn.cursor().copy(query) as copy:
        copy.set_types(["int4", "text", "text"])
        rows = [row async for row in copy.rows()]
    assert rows == [(n, "a" * (n % 250), None) for n in range(1, 3001)]


async def test_rows_without_columns(conn: Connection) -> None:
    query = "COPY (SELECT FROM generate_series(1, 9)) TO STDOUT (FORMAT binary)"
    async with conn.cursor().copy(query) as copy:
        copy.set_types([])
        assert [row async for row in copy.rows()] == [()] * 9


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


@pytest.mark.parametrize("types", [None, ["text", "text"]])
@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1, 2) TO STDOUT (FORMAT csv)",
        "COPY (SELECT 'a', 'b') TO STDOUT (FORMAT csv, HEADER)",
        "COPY (SELECT 1, 2) TO STDOUT (DELIMITER '|')",
    ],
)
async def test_other_formats_have_no_rows(
    conn: Connection, usable: Usable, statement: LiteralString, types: list[str] | None
) -> None:
    for whole in (False, True):
        with pytest.raises(e.DataError, match=r"read\(\)"):
            async with conn.cursor().copy(statement) as copy:
                if types is not None:
                    copy.set_types(types)
                if whole:
                    [row async for row in copy.rows()]
                else:
                    await copy.read_row()
    await usable(conn)


async def test_rows_without_columns_as_text(conn: Connection) -> None:
    statement = "COPY (SELECT FROM generate_series(1, 3)) TO STDOUT"
    async with conn.cursor().copy(statement) as copy:
        assert [row async for row in copy.rows()] == [(), (), ()]
    with pytest.raises(e.ProgrammingError, match="0 columns"):
        async with conn.cursor().copy(statement) as copy:
            copy.set_types(["int4"])
            await copy.read_row()


async def test_description_of_columns(conn: Connection) -> None:
    cur = conn.cursor()
    async with cur.copy("COPY (SELECT 1, 2) TO STDOUT") as copy:
        assert [row async for row in copy.rows()] == [("1", "2")]
    assert cur.description is not None
    assert [column.name for column in cur.description] == ["column_1", "column_2"]
    with pytest.raises(e.ProgrammingError):
        await cur.fetchone()


async def test_copy_out_that_is_left_early(conn: Connection, usable: Usable) -> None:
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


@pytest.mark.parametrize("options", ["", "(FORMAT binary)"])
async def test_rows_are_read_on(conn: Connection, options: LiteralString) -> None:
    query: LiteralString = "COPY (SELECT generate_series(1, 9)) TO STDOUT "
    async with conn.cursor().copy(query + options) as copy:
        copy.set_types(["int4"])
        rows = copy.rows()
        async for row in rows:
            assert row == (1,)
            break
        assert await copy.read_row() == (2,)
        async for row in copy.rows():
            assert row == (3,)
            break
        assert bytes(await copy.read()) in (b"4\n", b"\0\1\0\0\0\4\0\0\0\4")
        async for row in copy.rows():
            if row == (5,):
                copy.set_types(["oid"])
            elif row == (6,):
                break
        async for data in copy:
            assert bytes(data) in (b"7\n", b"\0\1\0\0\0\4\0\0\0\7")
            break
        # The first one goes on, too.
        assert [row async for row in rows] == [(8,), (9,)]
        assert await copy.read_row() is None


async def test_blocks_have_what_was_not_read(conn: Connection) -> None:
    query = "COPY (SELECT generate_series(1, 9)) TO STDOUT"
    async with conn.cursor().copy(query) as copy:
        assert bytes(await copy.read()) == b"1\n"
        async for row in copy.rows():
            assert row == ("2",)
            break
        rest = b"".join([block async for block in copy.blocks()])
    assert rest == b"3\n4\n5\n6\n7\n8\n9\n"


@pytest.mark.parametrize("options", ["", "(FORMAT binary)"])
async def test_types_are_set_between_rows(
    conn: Connection, options: LiteralString
) -> None:
    query: LiteralString = "COPY (VALUES (true), (true)) TO STDOUT "
    async with conn.cursor().copy(query + options) as copy:
        rows = []
        async for row in copy.rows():
            rows.append(row)
            copy.set_types(["bool"])
    assert rows in ([("t",), (True,)], [(b"\1",), (True,)])
