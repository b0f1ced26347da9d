"""A statement is executed once more only if the server had not begun with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin import errors as e

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]

# Each fails, in a call that was counted and committed, with the error of a prepared
# statement that the server no longer has.
FAILURES: dict[str, tuple[LiteralString, type[e.Error]]] = {
    "unknown": ("EXECUTE 'EXECUTE never_prepared'", e.InvalidSqlStatementName),
    "raised": (
        "RAISE EXCEPTION 'prepared statement' USING ERRCODE = '26000'",
        e.InvalidSqlStatementName,
    ),
    "stale": ("EXECUTE 'EXECUTE before_it_changed'", e.FeatureNotSupported),
    "unsupported": (
        "RAISE EXCEPTION 'cached plan' USING ERRCODE = '0A000'",
        e.FeatureNotSupported,
    ),
}


@pytest.fixture
async def auto(dsn: str) -> AsyncIterator[Connection]:
    """A connection in autocommit mode with a temporary table that counts calls."""
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("CREATE TEMP TABLE calls (number int)")
        await conn.execute("CREATE TEMP TABLE changing (a int)")
        await conn.execute("PREPARE before_it_changed AS SELECT * FROM changing")
        await conn.execute("EXECUTE before_it_changed")
        await conn.execute("ALTER TABLE changing ALTER a TYPE text")
        yield conn


async def number_of_calls(conn: Connection) -> int:
    cur = await conn.execute("SELECT count(*) FROM calls")
    return (await cur.fetchone() or (-1,))[0]


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize(("failing", "error"), FAILURES.values(), ids=FAILURES)
async def test_error_within(
    auto: Connection, failing: LiteralString, error: type[e.Error], batch: bool
) -> None:
    await auto.execute(f"""CREATE PROCEDURE pg_temp.call(number int)
        LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO calls VALUES (number);
            COMMIT;
            IF number > 10 THEN
                {failing};
            END IF;
        END $$""")
    query: LiteralString = "CALL pg_temp.call(%s)"
    for number in range(1, 9):
        await auto.execute(query, (number,))
    with pytest.raises(error):
        if batch:
            await auto.cursor().executemany(query, [(11,)])
        else:
            await auto.execute(query, (11,))
    assert await number_of_calls(auto) == 9


@pytest.mark.parametrize("error", [e.FeatureNotSupported])
async def test_statement_of_the_user(auto: Connection, error: type[e.Error]) -> None:
    for _ in range(8):
        with pytest.raises(error):
            await auto.execute("EXECUTE before_it_changed", prepare=True)
        with pytest.raises(e.InvalidSqlStatementName):
            await auto.execute("EXECUTE never_prepared", prepare=True)


async def test_error_within_a_function(auto: Connection) -> None:
    await auto.execute("CREATE TEMP SEQUENCE called")
    await auto.execute("""CREATE FUNCTION pg_temp.fail(number int) RETURNS bigint
        LANGUAGE plpgsql AS $$
        DECLARE called bigint := nextval('called');
        BEGIN
            IF number > 10 THEN
                EXECUTE 'EXECUTE never_prepared';
            END IF;
            RETURN called;
        END $$""")
    for number in range(1, 9):
        await auto.execute("SELECT pg_temp.fail(%s)", (number,))
    with pytest.raises(e.InvalidSqlStatementName):
        await auto.execute("SELECT pg_temp.fail(%s)", (11,))
    cur = await auto.execute("SELECT nextval('called')")
    assert await cur.fetchone() == (10,)  # nothing rolls a sequence back


@pytest.mark.parametrize("batch", [False, True])
async def test_statement_that_is_gone(auto: Connection, batch: bool) -> None:
    query: LiteralString = "INSERT INTO calls VALUES (%s)"
    for number in range(1, 9):
        await auto.execute(query, (number,))
    await auto.execute("DO 'BEGIN EXECUTE ''DEALLOCATE ALL''; END'")
    if batch:
        await auto.cursor().executemany(query, [(9,), (10,)])
    else:
        await auto.execute(query, (9,))
    assert await number_of_calls(auto) == (10 if batch else 9)


@pytest.mark.parametrize("batch", [False, True])
async def test_table_that_has_changed(
    auto: Connection, dsn: str, other: Connection, batch: bool
) -> None:
    await other.execute("CREATE TABLE altered_elsewhere (a int)")
    try:
        query: LiteralString = "INSERT INTO altered_elsewhere VALUES (%s) RETURNING a"
        for number in range(1, 9):
            await auto.execute(query, (number,))
        await other.execute("ALTER TABLE altered_elsewhere ALTER a TYPE bigint")
        cur = auto.cursor()
        if batch:
            await cur.executemany(query, [(9,)], returning=True)
        else:
            await cur.execute(query, (9,))
        assert await cur.fetchone() == (9,)
        cur = await auto.execute("SELECT count(*) FROM altered_elsewhere")
        assert await cur.fetchone() == (9,)
    finally:
        await other.execute("DROP TABLE altered_elsewhere")


async def test_search_path_of_tenants(auto: Connection) -> None:
    # One text whose columns are others in each schema: a value is never raw bytes.
    values: tuple[LiteralString, ...] = (
        *("7::int", "'12.50'::money", "'(1,2)'::point", "now()::date"),
        *("1.5::float8", "'x'::text", "true", "'{1}'::int[]"),
    )
    query: LiteralString = "SELECT v FROM tenants WHERE v IS NOT NULL"
    for number, value in enumerate(values):
        await auto.execute(f"DROP SCHEMA IF EXISTS tenant_{number} CASCADE".encode())
        await auto.execute(f"CREATE SCHEMA tenant_{number}".encode())
        await auto.execute(
            f"CREATE TABLE tenant_{number}.tenants AS SELECT {value} v".encode()
        )
    try:
        for number in (*range(len(values)), *range(len(values))):
            await auto.execute(f"SET search_path TO tenant_{number}".encode())
            for _ in range(7):
                cur = await auto.execute(query)
                text = await auto.execute(query, prepare=False, binary=False)
                assert repr(await cur.fetchall()) == repr(await text.fetchall())
    finally:
        for number in range(len(values)):
            await auto.execute(f"DROP SCHEMA tenant_{number} CASCADE".encode())
