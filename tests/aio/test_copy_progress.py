"""How far a COPY has come: its counts, and the function that is told of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from tests.support.copy_data import BINARY, ROWS, TEXT, VALUES, both

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]
Copy = pgtwin.AsyncCopy

MANY = 20_000
NUMBERS = "COPY (SELECT generate_series(1, 20000)) TO STDOUT"


class Steps:
    """Keeps what a progress function is told."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.bytes: list[int] = []

    def __call__(self, copy: Copy) -> None:
        self.rows.append(copy.rows_done)
        self.bytes.append(copy.bytes_done)

    def check(self, rows: int) -> None:
        assert self.rows == sorted(self.rows)
        assert self.bytes == sorted(self.bytes)
        assert self.rows[-1] == rows
        assert len(self.rows) >= 2


@both
async def test_rows_and_bytes_of_copy_out(
    conn: Connection, options: LiteralString, data: bytes
) -> None:
    cur = conn.cursor()
    query: LiteralString = f"COPY (SELECT * FROM {VALUES}) TO STDOUT {options}"
    steps = Steps()
    async with cur.copy(query, progress=steps) as copy:
        assert (copy.rows_done, copy.bytes_done) == (0, 0)
        async for _ in copy:
            assert copy.rows_done in (3, 4)
        assert (copy.rows_done, copy.bytes_done) == (3, len(data))
    steps.check(3)
    async with cur.copy(query) as copy:
        async for _ in copy.rows():
            pass
        assert (copy.rows_done, copy.bytes_done) == (3, len(data))
    async with cur.copy(query, progress=steps) as copy:
        async for _ in copy.blocks():
            pass
        assert (copy.rows_done, copy.bytes_done) == (3, len(data))


async def test_progress_of_copy_out_is_not_told_for_each_row(conn: Connection) -> None:
    steps = Steps()
    async with conn.cursor().copy(NUMBERS, progress=steps) as copy:
        async for (number,) in copy.rows():
            assert int(number) <= copy.rows_done
    steps.check(MANY)
    assert len(steps.rows) < MANY / 10


async def test_out_with_a_header(conn: Connection) -> None:
    query = "COPY (SELECT 1) TO STDOUT (FORMAT csv, HEADER)"
    async with conn.cursor().copy(query) as copy:
        async for _ in copy:
            pass
        assert (copy.rows_done, copy.bytes_done) == (1, len(b"?column?\n1\n"))


async def test_progress_of_copy_out_of_nothing(conn: Connection) -> None:
    steps = Steps()
    query = "COPY (SELECT 1 WHERE false) TO STDOUT"
    async with conn.cursor().copy(query, progress=steps) as copy:
        assert await copy.read() == b""
    assert (steps.rows, steps.bytes) == ([0], [0])


@both
async def test_progress_of_copy_in_by_rows(
    conn: Connection, table: LiteralString, options: LiteralString, data: bytes
) -> None:
    steps = Steps()
    query: LiteralString = f"COPY {table} FROM STDIN {options}"
    async with conn.cursor().copy(query, progress=steps) as copy:
        copy.set_types(["int4", "text", "text"])
        await copy.write_row(ROWS[0])
        await copy.write_rows(ROWS[1:])
        assert steps.rows == []
    steps.check(3)
    assert (copy.rows_done, copy.bytes_done) == (3, len(data))


@pytest.mark.parametrize("prepared", [True, False])
async def test_progress_of_copy_in_while_rows_are_written(
    conn: Connection, prepared: bool
) -> None:
    await conn.execute("CREATE TEMP TABLE numbers (n int)")
    steps = Steps()
    rows = [(number,) for number in range(MANY)]
    async with conn.cursor().copy("COPY numbers FROM STDIN", progress=steps) as copy:
        if prepared:
            await copy.write_rows(rows)
        else:
            for row in rows:
                await copy.write_row(row)
        assert 0 < copy.rows_done < MANY
    steps.check(MANY)
    assert copy.bytes_done == sum(len(f"{number}\n") for number in range(MANY))


async def test_progress_of_copy_in_by_data(
    conn: Connection, table: LiteralString
) -> None:
    async with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        await copy.write(TEXT)
    assert (copy.rows_done, copy.bytes_done) == (3, len(TEXT))
    await conn.rollback()
    query: LiteralString = f"COPY {table} FROM STDIN (FORMAT binary)"
    async with conn.cursor().copy(query) as copy:
        await copy.write(BINARY)
        assert copy.rows_done == 0
    assert (copy.rows_done, copy.bytes_done) == (3, len(BINARY))


async def test_in_counts_rows_that_are_stored(conn: Connection) -> None:
    await conn.execute("CREATE TEMP TABLE numbers (n int)")
    query = "COPY numbers FROM STDIN WHERE n > 1"
    async with conn.cursor().copy(query) as copy:
        await copy.write_rows([(1,), (2,), (3,)])
    assert copy.rows_done == 2


async def test_records(conn: Connection, table: LiteralString) -> None:
    steps = Steps()
    await conn.copy_records(table, None, ROWS, progress=steps)
    steps.check(3)
    # One value has no binary format: the rest goes as text, in a COPY of its own.
    await conn.execute("CREATE TEMP TABLE numbers (n int, t text)")
    steps = Steps()
    rows: list[tuple[Any, str]] = [(number, "x") for number in range(MANY)]
    rows[MANY // 2] = ("5", "y")
    assert await conn.copy_records("numbers", None, rows, progress=steps) == MANY
    steps.check(MANY)


@pytest.mark.parametrize("first", [True, False])
async def test_error_of_the_progress_function_in_copy_in(
    conn: Connection, usable: Usable, first: bool
) -> None:
    await conn.execute("CREATE TEMP TABLE numbers (n int)")
    await conn.commit()

    def fail(copy: Copy) -> None:
        if first or copy.rows_done == MANY:
            raise ValueError(f"after {copy.rows_done}")

    rows = ((number,) for number in range(MANY))
    with pytest.raises(ValueError, match="after"):
        async with conn.cursor().copy("COPY numbers FROM STDIN", progress=fail) as copy:
            await copy.write_rows(rows)
    await usable(conn)
    cur = await conn.execute("SELECT count(*) FROM numbers")
    assert await cur.fetchone() == (0,)


async def test_error_of_the_progress_function_in_copy_out(
    conn: Connection, usable: Usable
) -> None:
    def fail(copy: Copy) -> None:
        raise ValueError(f"after {copy.rows_done}")

    with pytest.raises(ValueError, match="after"):
        async with conn.cursor().copy(NUMBERS, progress=fail) as copy:
            await copy.read()
    await usable(conn)


async def test_not_after_an_error(conn: Connection, usable: Usable) -> None:
    steps = Steps()
    with pytest.raises(ValueError, match="own"):
        async with conn.cursor().copy(NUMBERS, progress=steps) as copy:
            await copy.read()
            raise ValueError("own")
    assert len(steps.rows) == 1
    await usable(conn)


# twingen: async-only
async def test_coroutine_functions_are_refused(
    conn: Connection, usable: Usable
) -> None:
    async def wait(copy: Copy) -> None:
        await asyncio.sleep(0)

    with pytest.raises(TypeError, match="must be a plain function"):
        async with conn.cursor().copy(NUMBERS, progress=wait) as copy:
            await copy.read()
    await usable(conn)
