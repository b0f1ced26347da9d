"""Executing queries: parameters, results, errors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

import pgtwin
from pgtwin import errors as e, sql
from pgtwin.adapt import Dumper, Loader
from pgtwin.types.json import Jsonb

if TYPE_CHECKING:
    from typing_extensions import LiteralString


async def fetch(conn: pgtwin.AsyncConnection[Any], query: Any, *params: Any) -> Any:
    """Return the only value of the only row."""
    cur = await conn.execute(query, params or None)
    rows = await cur.fetchall()
    assert len(rows) == 1
    assert len(rows[0]) == 1
    return rows[0][0]


async def test_cursor_returns_itself(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    assert await cur.execute("SELECT 1") is cur
    assert cur.connection is conn


async def test_cursor_block(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor() as cur:
        await cur.execute("SELECT 1")
        assert not cur.closed
    assert cur.closed


@pytest.mark.parametrize(
    ("query", "params", "expected"),
    [
        ("SELECT %s, %s", (1, "a"), (1, "a")),
        ("SELECT %s, %s", [1, "a"], (1, "a")),
        ("SELECT %(x)s + %(y)s, %(x)s", {"x": 1, "y": 2}, (3, 1)),
        ("SELECT %(x)s", {"x": 1, "unused": 2}, (1,)),
        ("SELECT %t, %b", ("text", "binary"), ("text", "binary")),
        ("SELECT %(a)t, %(b)b", {"a": "x", "b": "y"}, ("x", "y")),
        ("SELECT '100%%', %s", (1,), ("100%", 1)),
        ("SELECT '%%s'", (), ("%s",)),
        ("SELECT '100%'", None, ("100%",)),
        ("SELECT 7 %\n%s", (4,), (3,)),
        ("SELECT '100%\n', %(x)s", {"x": 1}, ("100%\n", 1)),
        ("SELECT %s -- 100%", (1,), (1,)),
        ("SELECT 7 %% %s", (4,), (3,)),
        ("SELECT %s::text", (None,), (None,)),
        ("SELECT %(été)s", {"été": "chaud"}, ("chaud",)),
    ],
)
async def test_placeholders(
    conn: pgtwin.AsyncConnection[Any], query: LiteralString, params: Any, expected: Any
) -> None:
    cur = await conn.execute(query, params)
    assert await cur.fetchone() == expected
    assert await cur.fetchone() is None


@pytest.mark.parametrize(
    ("query", "params", "words"),
    [
        ("SELECT %s, %s", (1,), r"2 placeholders but 1 parameter was"),
        ("SELECT %s", (1, 2), r"1 placeholder but 2 parameters were"),
        ("SELECT 1", (1,), r"0 placeholders but 1 parameter was"),
        ("SELECT %s", (), r"1 placeholder but 0 parameters"),
        ("SELECT %(a)s, %(b)s", {"a": 1}, r"'b'"),
        ("SELECT %s, %(a)s", {"a": 1}, r"mix"),
        ("SELECT %x", (1,), r"'%x' at character 8"),
        ("SELECT 7 % 4", (1,), r"%%"),
        ("SELECT %(a", {"a": 1}, r"parenthesis"),
        ("SELECT %(a)s, %(a)b", {"a": 1}, r"two formats"),
    ],
)
async def test_bad_placeholders(
    conn: pgtwin.AsyncConnection[Any], query: LiteralString, params: Any, words: str
) -> None:
    with pytest.raises(e.ProgrammingError, match=words):
        await conn.execute(query, params)
    # Nothing was sent: the connection has not even begun a transaction.
    assert conn.info.transaction_status == pgtwin.pq.TransactionStatus.IDLE
    assert await fetch(conn, "SELECT 1") == 1


@pytest.mark.parametrize(
    ("query", "params"),
    [
        ("SELECT %s", "a"),
        ("SELECT %s", 1),
        ("SELECT %s", {"a": 1}),
        ("SELECT %(a)s", (1,)),
        (42, None),
    ],
)
async def test_wrong_kind_of_parameters(
    conn: pgtwin.AsyncConnection[Any], query: Any, params: Any
) -> None:
    with pytest.raises(TypeError):
        await conn.execute(query, params)
    assert await fetch(conn, "SELECT 1") == 1


async def test_value_that_cannot_be_adapted(conn: pgtwin.AsyncConnection[Any]) -> None:
    class Unknown:
        pass

    with pytest.raises(e.ProgrammingError, match="Unknown"):
        await conn.execute("SELECT %s", (Unknown(),))
    assert await fetch(conn, "SELECT 1") == 1


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize(
    "value",
    [
        True,
        0,
        -(2**40),
        1.5,
        Decimal("3.1415926535897932384626"),
        "",
        "abc'def\"\\ \u20ac \U0001f418",
        b"\x00\xff\\",
        dt.date(2025, 2, 28),
        dt.time(23, 59, 59, 999999),
        dt.datetime(1999, 12, 31, 1, 2, 3, 4),
        dt.datetime(1999, 12, 31, 1, 2, 3, 4, tzinfo=dt.timezone.utc),
        dt.timedelta(days=-3, seconds=5),
        UUID("12345678-1234-5678-1234-567812345678"),
        [1, 2, 3],
        [[1, 2], [3, 4]],
    ],
)
async def test_values_come_back(
    conn: pgtwin.AsyncConnection[Any], value: Any, binary: bool
) -> None:
    cur = await conn.execute("SELECT %s", (value,), binary=binary)
    row = await cur.fetchone()
    assert row is not None
    assert row == (value,)
    assert type(row[0]) is type(value)


async def test_array_of_text(conn: pgtwin.AsyncConnection[Any]) -> None:
    value = ["a", None, 'quote"', "comma, brace}"]
    assert await fetch(conn, "SELECT %s::text[]", value) == value


async def test_json(conn: pgtwin.AsyncConnection[Any]) -> None:
    value = {"a": [1, 2.5, None, True], "b": {"c": "d"}}
    assert await fetch(conn, "SELECT %s", Jsonb(value)) == value
    assert await fetch(conn, "SELECT %s -> 'b' ->> 'c'", Jsonb(value)) == "d"


async def test_binary_cursor(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor(binary=True)
    await cur.execute("SELECT 1::int4, 'x'::text")
    assert cur.pgresult is not None
    assert cur.pgresult.fformat(0) == 1
    assert await cur.fetchone() == (1, "x")
    await cur.execute("SELECT 1::int4", binary=False)
    assert cur.pgresult.fformat(0) == 0


async def test_composed_query(conn: pgtwin.AsyncConnection[Any]) -> None:
    query = sql.SQL("SELECT {} AS {}, {}").format(
        sql.Literal("it's"), sql.Identifier('odd "name"'), sql.Placeholder()
    )
    cur = await conn.execute(query, (5,))
    assert cur.description is not None
    assert cur.description[0].name == 'odd "name"'
    assert await cur.fetchone() == ("it's", 5)


async def test_bytes_query(conn: pgtwin.AsyncConnection[Any]) -> None:
    assert await fetch(conn, b"SELECT 'a'") == "a"


async def test_fetch(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT generate_series(1, 10)")
    assert cur.rowcount == 10
    assert cur.rownumber == 0
    assert await cur.fetchone() == (1,)
    assert cur.rownumber == 1
    assert await cur.fetchmany() == [(2,)]
    assert await cur.fetchmany(3) == [(3,), (4,), (5,)]
    cur.arraysize = 2
    assert await cur.fetchmany() == [(6,), (7,)]
    assert await cur.fetchall() == [(8,), (9,), (10,)]
    assert await cur.fetchall() == []
    assert await cur.fetchmany(2) == []
    assert await cur.fetchone() is None


async def test_iterate(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT generate_series(1, 3)")
    assert [row async for row in cur] == [(1,), (2,), (3,)]
    assert [row async for row in cur] == []


async def test_iterate_the_rest(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT generate_series(1, 3)")
    await cur.fetchone()
    found = []
    async for (number,) in cur:
        found.append(number)
        if number == 2:
            break
    assert found == [2]
    assert await cur.fetchone() == (3,)


async def test_scroll(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT generate_series(0, 9)")
    await cur.scroll(5)
    assert await cur.fetchone() == (5,)
    await cur.scroll(-2)
    assert await cur.fetchone() == (4,)
    await cur.scroll(0, mode="absolute")
    assert await cur.fetchone() == (0,)
    with pytest.raises(IndexError):
        await cur.scroll(10, mode="absolute")
    with pytest.raises(IndexError):
        await cur.scroll(-5)
    with pytest.raises(ValueError, match="mode"):
        await cur.scroll(1, mode="sideways")
    assert await cur.fetchone() == (1,)


async def test_empty_result(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT 1 AS one WHERE false")
    assert cur.rowcount == 0
    assert cur.statusmessage == "SELECT 0"
    assert cur.description is not None
    assert [column.name for column in cur.description] == ["one"]
    assert await cur.fetchone() is None
    assert await cur.fetchall() == []
    assert [row async for row in cur] == []


async def test_result_without_columns(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT FROM generate_series(1, 2)")
    assert cur.description == []
    assert await cur.fetchall() == [(), ()]


async def test_empty_query(conn: pgtwin.AsyncConnection[Any]) -> None:
    for query in ("", "  ", "-- nothing", ";"):
        cur = await conn.execute(query)
        assert cur.description is None
        assert cur.rowcount == -1
        with pytest.raises(e.ProgrammingError):
            await cur.fetchone()


async def test_statement_without_rows(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("CREATE TEMP TABLE things (id int)")
    assert cur.statusmessage == "CREATE TABLE"
    assert cur.rowcount == -1
    assert cur.description is None
    assert cur.rownumber is None
    for fetching in ("one", "many", "all", "iteration"):
        with pytest.raises(e.ProgrammingError, match="CREATE TABLE"):
            if fetching == "one":
                await cur.fetchone()
            elif fetching == "many":
                await cur.fetchmany()
            elif fetching == "all":
                await cur.fetchall()
            else:
                async for _ in cur:
                    pass


async def test_rowcount(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    assert cur.rowcount == -1
    assert cur.statusmessage is None
    await cur.execute("CREATE TEMP TABLE things (id int)")
    await cur.execute("INSERT INTO things SELECT generate_series(1, 4)")
    assert cur.rowcount == 4
    assert cur.statusmessage == "INSERT 0 4"
    await cur.execute("UPDATE things SET id = id + 1 WHERE id > 2")
    assert cur.rowcount == 2
    assert cur.statusmessage == "UPDATE 2"
    await cur.execute("DELETE FROM things RETURNING id")
    assert cur.rowcount == 4
    assert cur.statusmessage == "DELETE 4"
    assert len(await cur.fetchall()) == 4
    await cur.execute("DELETE FROM things")
    assert cur.rowcount == 0


async def test_fetch_before_execute(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    assert cur.description is None
    with pytest.raises(e.ProgrammingError, match="execute"):
        await cur.fetchone()


async def test_several_statements(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute(
        "SELECT 1; CREATE TEMP TABLE things (id int); SELECT generate_series(2, 4)"
    )
    assert await cur.fetchall() == [(1,)]
    assert cur.nextset() is True
    assert cur.statusmessage == "CREATE TABLE"
    with pytest.raises(e.ProgrammingError):
        await cur.fetchone()
    assert cur.nextset() is True
    assert cur.rowcount == 3
    assert await cur.fetchall() == [(2,), (3,), (4,)]
    assert cur.nextset() is None
    assert cur.rowcount == 3


async def test_walk_results(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT 1; SELECT 2; SELECT 3")
    assert [await result.fetchone() async for result in cur.results()] == [
        (1,),
        (2,),
        (3,),
    ]
    await cur.set_result(0)
    assert await cur.fetchone() == (1,)
    await cur.set_result(-1)
    assert await cur.fetchone() == (3,)
    with pytest.raises(IndexError):
        await cur.set_result(3)


async def test_several_statements_with_parameters(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    with pytest.raises(e.SyntaxError):
        await conn.execute("SELECT %s; SELECT %s", (1, 2))


async def test_error_in_the_middle(other: pgtwin.AsyncConnection[Any]) -> None:
    cur = other.cursor()
    with pytest.raises(e.DivisionByZero):
        await cur.execute("SELECT 1; SELECT 1/0; SELECT 3")
    with pytest.raises(e.ProgrammingError):
        await cur.fetchone()
    await cur.execute("SELECT 4")
    assert await cur.fetchone() == (4,)


@pytest.mark.parametrize(
    ("query", "error", "sqlstate"),
    [
        ("SELEC 1", e.SyntaxError, "42601"),
        ("SELECT * FROM no_such_table", e.UndefinedTable, "42P01"),
        ("SELECT 1/0", e.DivisionByZero, "22012"),
        ("SELECT 'x'::int", e.InvalidTextRepresentation, "22P02"),
        ("DO $$BEGIN RAISE 'mine' USING ERRCODE = 'ZZ999'; END$$", e.Error, "ZZ999"),
    ],
)
async def test_server_errors(
    conn: pgtwin.AsyncConnection[Any],
    query: LiteralString,
    error: type[e.Error],
    sqlstate: str,
) -> None:
    with pytest.raises(error) as caught:
        await conn.execute(query)
    assert caught.value.sqlstate == sqlstate
    assert caught.value.diag.severity == "ERROR"
    assert isinstance(caught.value, pgtwin.Error)
    assert conn.info.transaction_status == pgtwin.pq.TransactionStatus.INERROR
    with pytest.raises(e.InFailedSqlTransaction):
        await conn.execute("SELECT 1")
    await conn.rollback()
    assert await fetch(conn, "SELECT 1") == 1


async def test_unique_violation(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("CREATE TEMP TABLE things (id int PRIMARY KEY)")
    await conn.execute("INSERT INTO things VALUES (%s)", (1,))
    with pytest.raises(e.IntegrityError) as caught:
        await conn.execute("INSERT INTO things VALUES (%s)", (1,))
    assert isinstance(caught.value, e.UniqueViolation)
    assert caught.value.diag.constraint_name == "things_pkey"
    assert caught.value.diag.table_name == "things"


async def test_closed_cursor(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT 1")
    await cur.close()
    await cur.close()
    for action in ("execute", "executemany", "fetchone", "fetchall", "iteration"):
        with pytest.raises(e.InterfaceError, match="the cursor is closed"):
            if action == "execute":
                await cur.execute("SELECT 1")
            elif action == "executemany":
                await cur.executemany("SELECT %s", [(1,)])
            elif action == "fetchone":
                await cur.fetchone()
            elif action == "fetchall":
                await cur.fetchall()
            else:
                async for _ in cur:
                    pass
    assert await fetch(conn, "SELECT 1") == 1


async def test_copy_is_refused(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("CREATE TEMP TABLE things (id int)")
    await conn.commit()
    for query in ("COPY things FROM STDIN", "COPY (SELECT 1) TO STDOUT"):
        with pytest.raises(e.ProgrammingError, match="COPY"):
            await conn.execute(query)
        await conn.rollback()
        assert await fetch(conn, "SELECT 1") == 1


async def test_executemany(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    await cur.execute("CREATE TEMP TABLE things (id int, name text)")
    await cur.executemany(
        "INSERT INTO things VALUES (%s, %s)", [(1, "a"), (2, None), (3, "c")]
    )
    assert cur.rowcount == 3
    assert await fetch(conn, "SELECT count(*) FROM things") == 3
    await cur.executemany(
        "INSERT INTO things VALUES (%(id)s, %(name)s) RETURNING name",
        ({"id": number, "name": f"n{number}"} for number in range(3)),
        returning=True,
    )
    assert [await result.fetchone() async for result in cur.results()] == [
        ("n0",),
        ("n1",),
        ("n2",),
    ]
    await cur.executemany("INSERT INTO things VALUES (%s, %s)", [])
    assert cur.rowcount == 0


async def test_executemany_error(conn: pgtwin.AsyncConnection[Any]) -> None:
    with pytest.raises(e.DivisionByZero):
        await conn.cursor().executemany("SELECT 1 / %s", [(1,), (0,), (1,)])
    await conn.rollback()
    assert await fetch(conn, "SELECT 1") == 1


async def test_big_parameter(conn: pgtwin.AsyncConnection[Any]) -> None:
    text = "0123456789abcdef" * (1 << 20)
    assert await fetch(conn, "SELECT length(%s)", text) == len(text)
    assert await fetch(conn, "SELECT %s::text", text) == text


async def test_big_query_text(conn: pgtwin.AsyncConnection[Any]) -> None:
    query = "SELECT 1 /* " + "x" * (8 << 20) + " */"
    assert await fetch(conn, query) == 1


async def test_big_result(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute(
        "SELECT n, repeat('x', 100) FROM generate_series(1, 100000) AS n"
    )
    assert cur.rowcount == 100000
    total = 0
    async for number, text in cur:
        total += number
        assert len(text) == 100
    assert total == 100000 * 100001 // 2


async def test_many_parameters(conn: pgtwin.AsyncConnection[Any]) -> None:
    number = 5000
    places = ", ".join(["(%s::int)"] * number)
    cur = await conn.execute(
        f"SELECT sum(n) FROM (VALUES {places}) AS t (n)".encode(), list(range(number))
    )
    assert await cur.fetchone() == (sum(range(number)),)


async def test_answer_while_sending(conn: pgtwin.AsyncConnection[Any]) -> None:
    # The server sends notices while it still reads: who only writes waits forever.
    query = "DO $$BEGIN RAISE NOTICE '%', repeat('x', 100000); END$$;" * 100
    filler = "/* " + "x" * 100000 + " */" + query
    cur = await conn.execute(filler * 3)
    assert cur.statusmessage == "DO"


class Celsius(float):
    """A temperature, for the tests of adapters."""


class CelsiusDumper(Dumper):
    """Dumps a temperature as text with its unit."""

    oid = 25

    def dump(self, obj: Any) -> bytes:
        return f"{obj:g} C".encode()


class UpperLoader(Loader):
    """Loads a text in capitals."""

    def load(self, data: Any) -> Any:
        return bytes(data).decode().upper()


async def test_dumper_registered_after_first_use(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    assert await fetch(conn, "SELECT %s", Celsius(20)) == 20.0
    conn.adapters.register_dumper(Celsius, CelsiusDumper)
    assert await fetch(conn, "SELECT %s", Celsius(20)) == "20 C"


async def test_loader_registered_after_first_use(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    before = await conn.execute("SELECT 'word'::text")
    assert await before.fetchone() == ("word",)
    conn.adapters.register_loader("text", UpperLoader)
    assert await fetch(conn, "SELECT 'word'::text") == "WORD"


async def test_adapters_of_a_cursor(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    cur.adapters.register_dumper(Celsius, CelsiusDumper)
    cur.adapters.register_loader("text", UpperLoader)
    await cur.execute("SELECT %s, 'word'::text", (Celsius(20),))
    assert await cur.fetchone() == ("20 C", "WORD")
    assert await fetch(conn, "SELECT 'word'::text") == "word"
    assert await fetch(conn, "SELECT %s", Celsius(20)) == 20.0


async def test_adapters_stay_with_their_connection(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    conn.adapters.register_loader("text", UpperLoader)
    assert await fetch(other, "SELECT 'word'::text") == "word"
    assert pgtwin.adapters.get_loader(25, pgtwin.pq.Format.TEXT) is not UpperLoader


async def test_loaders_of_the_context_of_a_connection(
    conn: pgtwin.AsyncConnection[Any], dsn: str
) -> None:
    conn.adapters.register_loader("text", UpperLoader)
    async with pgtwin.AsyncConnection.connect(dsn, context=conn) as copy:
        assert await fetch(copy, "SELECT 'word'::text") == "WORD"


async def test_time_zone(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("SET TIME ZONE 'Asia/Tokyo'")
    value = await fetch(conn, "SELECT '2000-01-01 00:00+00'::timestamptz")
    assert value.utcoffset() == dt.timedelta(hours=9)
    await conn.execute("SET TIME ZONE 'UTC'")
    value = await fetch(conn, "SELECT '2000-01-01 00:00+00'::timestamptz")
    assert value.utcoffset() == dt.timedelta(0)


async def test_client_encoding(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("SET client_encoding TO latin1")
    assert conn.info.encoding == "iso8859-1"
    assert await fetch(conn, "SELECT %s", "\xe9") == "\xe9"
    assert await fetch(conn, "SELECT 'caf\xe9'") == "caf\xe9"
    with pytest.raises(UnicodeEncodeError):
        await conn.execute("SELECT %s", ("\u20ac",))


async def test_zero_byte_in_text(conn: pgtwin.AsyncConnection[Any]) -> None:
    with pytest.raises(e.DataError):
        await conn.execute("SELECT %s", ("a\x00b",))
    await conn.rollback()
    assert await fetch(conn, "SELECT 1") == 1


@pytest.mark.parametrize("returning", [False, True])
async def test_results_in_any_order(
    conn: pgtwin.AsyncConnection[Any], returning: bool
) -> None:
    # Values of this type can be changed: they are made when they are fetched.
    cur = conn.cursor()
    if returning:
        query = "SELECT jsonb_build_array(%s::int, n) FROM generate_series(1, 2) n"
        await cur.executemany(query, [(1,), (2,), (3,)], returning=True)
    else:
        queries = [
            f"SELECT jsonb_build_array({m}, n) FROM generate_series(1, 2) n"
            for m in (1, 2, 3)
        ]
        await cur.execute("; ".join(queries).encode())
    for number in (0, 2, 1, 1, 0):
        await cur.set_result(number)
        assert await cur.fetchone() == ([number + 1, 1],)
        assert await cur.fetchall() == [([number + 1, 2],)]
