"""executemany() sends each set of parameters as execute() sends it alone.

The engine writes parameters of plain types itself: whatever is not like the first ones
must be noticed, and what an iterator does meanwhile.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from psycopg.adapt import Dumper

import pgtwin
from pgtwin import errors as e, sql

Connection = pgtwin.AsyncConnection[Any]

TURNS = 250  # more than are sent in one turn
LONG = "x" * 3000
ECHO = "INSERT INTO sent (value, type) VALUES (%s::text, pg_typeof(%s)::text)"

VALUES: list[Any] = [
    *(0, 1, -1, 2**15 - 1, 2**15, -(2**15), -(2**15) - 1, 2**31 - 1, 2**31),
    *(-(2**31), -(2**31) - 1, 2**63 - 1, -(2**63), 2**63, -(2**63) - 1, 10**30),
    *(True, False, 0.5, -0.0, float("inf"), 5e-324, b"", b"\x00\xff", b"y" * 3000),
    *(Decimal("1.50"), dt.date(2001, 2, 3), [1, 2], [2**40]),
]
TEXTS: list[Any] = ["", "a", None, "\N{EURO SIGN}\N{PILE OF POO}", LONG, None, "b"]


@pytest.fixture(autouse=True)
async def table(conn: Connection) -> None:
    """A temporary table of what was sent, in order."""
    await conn.execute(
        "CREATE TEMP TABLE sent (id serial, value text, type text, more text)"
    )
    await conn.commit()


async def content(conn: Connection) -> list[tuple[Any, ...]]:
    cur = await conn.execute("SELECT value, type FROM sent ORDER BY id")
    return await cur.fetchall()


async def alone(conn: Connection, query: Any, params_seq: Any) -> list[tuple[Any, ...]]:
    """Return what is in the table after each set was executed alone."""
    for params in params_seq:
        await conn.execute(query, params, prepare=True)
    found = await content(conn)
    await conn.execute("TRUNCATE sent")
    return found


@pytest.mark.parametrize("block", [1, 2, TURNS])
async def test_types(conn: Connection, block: int) -> None:
    """In any order, and in runs of the same type that end within a turn or not."""
    rows = [(v, v) for v in VALUES for _ in range(1 + block // len(VALUES))]
    if block == 2:
        rows = [*rows[::-1], *rows[::2], *rows[1::3]]
    expected = await alone(conn, ECHO, rows)
    cur = conn.cursor()
    await cur.executemany(ECHO, rows)
    assert cur.rowcount == len(rows)
    assert await content(conn) == expected
    await conn.execute("TRUNCATE sent")
    await cur.executemany(ECHO, (list(row) for row in rows))
    assert await content(conn) == expected


@pytest.mark.parametrize("most", [1, 2, 3])
async def test_few_statements_that_stay_prepared(conn: Connection, most: int) -> None:
    """One that was prepared for other types may be gone when they come again."""
    conn.prepared_max = most
    values: list[Any] = [1, 2**20, 2**40, 1.5, True] * 30 + [1, 2**20] * 60
    rows = [(v, v) for v in values]
    expected = await alone(conn, ECHO, rows)
    await conn.cursor().executemany(ECHO, rows)
    assert await content(conn) == expected


async def test_texts_and_nulls(conn: Connection) -> None:
    query = "INSERT INTO sent (value, type) VALUES (%s, %s)"
    rows = [(a, b) for a in TEXTS for b in TEXTS] * 4
    await conn.cursor().executemany(query, rows)
    assert await content(conn) == rows


@pytest.mark.parametrize("placeholder", ["%s", "%b", "%t"])
async def test_formats(conn: Connection, placeholder: str) -> None:
    """A NULL tells nothing of how the next value of its place is sent."""
    query: Any = ECHO.replace("%s", placeholder)
    cast = placeholder + "::text"
    plain: Any = f"INSERT INTO sent (value, type) VALUES ({cast}, {cast})"
    for rows in (
        [(None, None), ("a", "b"), (None, "c"), ("d", None)],
        [("a", "b"), (None, None)],
    ):
        expected = await alone(conn, plain, rows)
        await conn.cursor().executemany(plain, rows)
        assert await content(conn) == expected
        await conn.execute("TRUNCATE sent")
    numbers: list[tuple[Any, Any]] = [(1, 1), (2, 2), (2**20, 2**20), (3, 3)]
    expected = await alone(conn, query, numbers)
    await conn.cursor().executemany(query, numbers)
    assert await content(conn) == expected


async def test_null_before_text_in_binary(conn: Connection) -> None:
    """What is known of a query that has had NULLs only holds for them only."""
    await conn.set_autocommit(True)
    query = "SELECT coalesce(%b, 1)"
    for _ in range(8):
        cur = await conn.execute(query, (None,))
        assert await cur.fetchone() == (1,)
    for _ in range(8):
        with pytest.raises(e.DatatypeMismatch):
            await conn.execute(query, ("5",))


class Pair(NamedTuple):
    """A sequence that is a tuple of another class."""

    value: Any
    type: Any


async def test_sequences(conn: Connection) -> None:
    query = "INSERT INTO sent (value, type) VALUES (%s, %s)"
    expected = [(str(n), "x") for n in range(5)]
    rows: list[Any] = [("0", "x"), ["1", "x"], Pair("2", "x"), ("3", "x"), ["4", "x"]]
    keys = OrderedDict.fromkeys(map(tuple, rows)).keys()
    for each in (rows, rows[1:] + rows[:1], tuple(rows), iter(rows), keys):
        await conn.cursor().executemany(query, each)
        assert sorted(await content(conn)) == expected
        await conn.execute("TRUNCATE sent")


@pytest.mark.parametrize("first", [0, 1, 99, 100, 101, 199])
@pytest.mark.parametrize("pipelined", [False, True])
async def test_wrong_set_among_right_ones(
    conn: Connection, first: int, pipelined: bool
) -> None:
    """What was sent before is executed in a pipeline; nothing is alone."""
    query = "INSERT INTO sent (value, type) VALUES (%s, %s)"
    right: list[Any] = [(str(n), "x") for n in range(first)]
    wrong: list[tuple[Any, type[Exception]]] = [
        (("a",), e.ProgrammingError),
        (("a", "b", "c"), e.ProgrammingError),
        (({}, "b"), e.ProgrammingError),
        ({"a": 1}, TypeError),
        (5, TypeError),
        ("ab", TypeError),
        (("a\0b", "x"), e.DataError),
        (("\ud800", "x"), UnicodeEncodeError),
    ]
    for params, error in wrong:
        rows = [*right, params, ("after", "x")]
        if pipelined:
            async with conn.pipeline():
                with pytest.raises(error):
                    await conn.cursor().executemany(query, rows)
                cur = await conn.execute("SELECT count(*) FROM sent")
                assert await cur.fetchone() == (first,)
            await conn.rollback()
        else:
            with pytest.raises(error):
                await conn.cursor().executemany(query, rows)
            await conn.rollback()
        assert await content(conn) == []


async def test_named_placeholders_and_a_tuple(conn: Connection) -> None:
    query = "INSERT INTO sent (value, type) VALUES (%(a)s, %(b)s)"
    with pytest.raises(TypeError, match="named placeholders"):
        await conn.cursor().executemany(query, [{"a": "1", "b": "2"}, ("3", "4")])


class Failing:
    """Iterates over rows, and fails once."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return self

    def __next__(self) -> tuple[str, str]:
        if not self.left:
            raise LookupError("no more")
        self.left -= 1
        return "x", str(self.left)


@pytest.mark.parametrize("number", [0, 1, 99, 100, 101, 250])
async def test_iterator_that_fails_in_a_pipeline(conn: Connection, number: int) -> None:
    """Each result goes to its own cursor all the same."""
    query = "INSERT INTO sent (value, type) VALUES (%s, %s)"
    before, many, after = conn.cursor(), conn.cursor(), conn.cursor()
    async with conn.pipeline():
        await before.execute("SELECT 'before'")
        with pytest.raises(LookupError):
            await many.executemany(query, Failing(number))
        await after.execute("SELECT 'after', count(*) FROM sent")
    assert await before.fetchall() == [("before",)]
    assert await after.fetchall() == [("after", number)]
    assert many.rowcount == -1


class Ending:
    """An iterator that must not be asked again after its end."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return self

    def __next__(self) -> tuple[str, str]:
        assert self.left >= 0, "asked after the end"
        self.left -= 1
        if self.left < 0:
            raise StopIteration
        return "x", "y"


@pytest.mark.parametrize("number", [0, 1, 99, 100, 101, 200])
async def test_end_of_an_iterator(conn: Connection, number: int) -> None:
    cur = conn.cursor()
    query = "INSERT INTO sent (value, type) VALUES (%s, %s)"
    await cur.executemany(query, Ending(number))
    assert cur.rowcount == number
    assert len(await content(conn)) == number


class Loud(Dumper):
    """Dumps strings in another way."""

    def dump(self, obj: Any) -> bytes:
        return f"{obj}!".encode()


async def test_dumper_registered_by_the_iterator(conn: Connection) -> None:
    """It counts for types that have not come before."""
    query = "INSERT INTO sent (value, type) VALUES (%s, 'x')"

    def rows() -> Iterator[tuple[Any]]:
        yield (None,)
        conn.adapters.register_dumper(str, Loud)
        yield ("a",)
        yield ("b",)

    await conn.cursor().executemany(query, rows())
    assert await content(conn) == [(None, "x"), ("a!", "x"), ("b!", "x")]


async def test_dumpers_of_the_connection_and_the_cursor(conn: Connection) -> None:
    query = "INSERT INTO sent (value, type) VALUES (%s, %s)"
    rows = [("a", "b")] * 3
    cur = conn.cursor()
    await cur.executemany(query, rows)
    cur.adapters.register_dumper(str, Loud)
    await cur.executemany(query, rows)
    await conn.cursor().executemany(query, rows)
    conn.adapters.register_dumper(str, Loud)
    await conn.cursor().executemany(query, rows)
    loud = [("a!", "b!")] * 3
    assert await content(conn) == [*rows, *loud, *rows, *loud]


async def test_subclass_among_plain_values(conn: Connection) -> None:
    class Name(str):
        """A string of another class."""

    conn.adapters.register_dumper(Name, Loud)
    query = "INSERT INTO sent (value, type) VALUES (%s, %s)"
    rows = [("a", "x"), (Name("b"), "x"), ("c", "x")]
    await conn.cursor().executemany(query, rows)
    assert await content(conn) == [("a", "x"), ("b!", "x"), ("c", "x")]


async def test_other_encoding(conn: Connection) -> None:
    await conn.execute("SET client_encoding TO latin1")
    query = "INSERT INTO sent (value, type) VALUES (%s, octet_length(%s::text)::text)"
    await conn.cursor().executemany(query, [("\xe9", "\xe9"), ("a", "a")])
    await conn.execute("SET client_encoding TO utf8")
    assert await content(conn) == [("\xe9", "2"), ("a", "1")]


async def test_queries_of_any_kind(conn: Connection) -> None:
    text = "INSERT INTO sent (value, type) VALUES (%s, %s)"
    rows = [("a", "b"), ("c", "d"), ("e", "f")]
    queries: list[Any] = [text, text.encode(), sql.SQL(text)]
    for query in queries:
        await conn.cursor().executemany(query, rows)
    client = pgtwin.AsyncClientCursor(conn)
    await client.executemany(text, rows)
    raw = pgtwin.AsyncRawCursor(conn)
    await raw.executemany("INSERT INTO sent (value, type) VALUES ($1, $2)", rows)
    assert await content(conn) == rows * 5


async def test_handle_finished_by_the_iterator(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:

        def rows() -> Iterator[tuple[str]]:
            yield ("a",)
            yield ("b",)
            conn.pgconn.finish()
            yield ("c",)

        with pytest.raises(e.OperationalError):
            await conn.cursor().executemany("SELECT %s::text", rows())
        assert conn.closed


async def test_connection_used_by_the_iterator(conn: Connection) -> None:
    """It is busy: whoever asks it is told, and the rest goes on."""
    cur = conn.cursor()
    ask: Any = conn.execute

    def rows() -> Iterator[tuple[str, str]]:
        for number in range(TURNS):
            if number % 60 == 1:
                with pytest.raises(e.InterfaceError, match="busy"):
                    ask("SELECT 1").send(None)
            yield str(number), "x"

    await cur.executemany("INSERT INTO sent (value, type) VALUES (%s, %s)", rows())
    assert await content(conn) == [(str(n), "x") for n in range(TURNS)]
