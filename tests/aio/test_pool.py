"""Connections in the pools of psycopg_pool."""

from __future__ import annotations

import asyncio
import gc
import inspect
from typing import Any

import psycopg_pool
import pytest
from typing_extensions import assert_type

import pgtwin
from pgtwin import errors as e
from pgtwin.pool import AsyncConnectionPool, AsyncNullConnectionPool, PoolTimeout
from pgtwin.pq import ConnStatus, TransactionStatus
from pgtwin.rows import DictRow, Row, TupleRow, dict_row

Pool = AsyncConnectionPool[Any]


class Mine(pgtwin.AsyncConnection[DictRow]):
    """A connection of a user's own class."""


def pool_of(dsn: str, **options: Any) -> Pool:
    options = {"min_size": 1, "timeout": 60.0, **options}
    return AsyncConnectionPool(dsn, open=False, **options)


async def pid_of(pool: Pool) -> int:
    async with pool.connection() as conn:
        pid: int = conn.info.backend_pid
    return pid


async def terminate(admin: pgtwin.AsyncConnection[Any], pid: int) -> None:
    """End a session, and wait until it is gone."""
    cur = await admin.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])
    assert await cur.fetchone() == (True,)


async def test_check_out_and_in(dsn: str) -> None:
    async with pool_of(dsn) as pool:
        async with pool.connection() as conn:
            assert type(conn) is pgtwin.AsyncConnection
            await conn.execute("CREATE TEMP TABLE things (id int)")
        assert not conn.closed
        assert conn.info.transaction_status == TransactionStatus.IDLE
        with pytest.raises(ValueError, match="mine"):
            async with pool.connection() as again:
                assert again is conn
                await again.execute("INSERT INTO things VALUES (1)")
                raise ValueError("mine")
        async with pool.connection() as again:
            cur = await again.execute("SELECT count(*) FROM things")
            assert await cur.fetchone() == (0,)
            async with again.transaction():
                await again.execute("INSERT INTO things VALUES (1)")
        assert pool.get_stats()["connections_num"] == 1
    assert conn.closed
    assert not conn.broken


async def test_types(dsn: str) -> None:
    async with AsyncConnectionPool(dsn, min_size=1, open=False) as pool:
        assert_type(pool, AsyncConnectionPool[pgtwin.AsyncConnection[TupleRow]])
        async with pool.connection() as conn:
            assert_type(conn, pgtwin.AsyncConnection[TupleRow])
            assert type(conn) is pgtwin.AsyncConnection
    async with AsyncConnectionPool(
        dsn,
        connection_class=Mine,
        min_size=1,
        open=False,
        check=AsyncConnectionPool.check_connection,
    ) as own:
        assert_type(own, AsyncConnectionPool[Mine])
        found = await own.getconn()
        assert_type(found, Mine)
        assert type(found) is Mine
        await own.putconn(found)
    async with AsyncNullConnectionPool(dsn, max_size=1, open=False) as null:
        assert_type(null, AsyncNullConnectionPool[pgtwin.AsyncConnection[TupleRow]])
        assert isinstance(null, AsyncConnectionPool)
        async with null.connection() as plain:
            assert_type(plain, pgtwin.AsyncConnection[TupleRow])
            assert type(plain) is pgtwin.AsyncConnection
    async with AsyncNullConnectionPool(
        dsn, connection_class=Mine, max_size=1, open=False
    ) as own_null:
        assert_type(own_null, AsyncNullConnectionPool[Mine])
        async with own_null.connection() as mine:
            assert_type(mine, Mine)


class OfRows(pgtwin.AsyncConnection[Row]):
    """A connection of a user's own class, whose rows may be anything."""


class OwnPool(AsyncConnectionPool[Mine]):
    """A pool of a user's own class."""


async def configure(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.set_autocommit(True)


async def reset(conn: Mine) -> None:
    assert_type(conn, Mine)


async def test_types_of_rows(dsn: str) -> None:
    async with AsyncConnectionPool(
        dsn,
        connection_class=pgtwin.AsyncConnection[DictRow],
        kwargs={"row_factory": dict_row},
        min_size=1,
        open=False,
    ) as pool:
        assert_type(pool, AsyncConnectionPool[pgtwin.AsyncConnection[DictRow]])
        async with pool.connection() as conn:
            assert_type(conn, pgtwin.AsyncConnection[DictRow])
            cur = await conn.execute("SELECT 1 AS id")
            assert_type(await cur.fetchone(), DictRow | None)
            assert await cur.fetchall() == []
        assert_type(pool.get_stats(), dict[str, int])
    generic = AsyncConnectionPool(dsn, connection_class=OfRows[DictRow], open=False)
    assert_type(generic, AsyncConnectionPool[OfRows[DictRow]])
    declared: AsyncNullConnectionPool[pgtwin.AsyncConnection[DictRow]]
    declared = AsyncNullConnectionPool(
        dsn, connection_class=pgtwin.AsyncConnection[DictRow], max_size=1, open=False
    )
    assert_type(declared, AsyncNullConnectionPool[pgtwin.AsyncConnection[DictRow]])


async def test_types_of_own_pools(dsn: str) -> None:
    async with OwnPool(
        dsn,
        connection_class=Mine,
        kwargs={"row_factory": dict_row},
        min_size=1,
        open=False,
        configure=configure,
        check=OwnPool.check_connection,
        reset=reset,
    ) as pool:
        assert_type(pool, OwnPool)
        async with pool.connection() as conn:
            assert_type(conn, Mine)
            cur = await conn.execute("SELECT 1 AS id")
            assert_type(await cur.fetchone(), DictRow | None)
    configured = AsyncConnectionPool(
        dsn, connection_class=Mine, configure=configure, reset=reset, open=False
    )
    assert_type(configured, AsyncConnectionPool[Mine])
    AsyncConnectionPool(
        dsn, connection_class=OfRows[TupleRow], reset=reset, open=False  # type: ignore[arg-type]
    )


def test_same_parameters() -> None:
    for ours, theirs in (
        (AsyncConnectionPool, psycopg_pool.AsyncConnectionPool),
        (AsyncNullConnectionPool, psycopg_pool.AsyncNullConnectionPool),
    ):
        mine, parameters = (
            inspect.signature(cls.__init__).parameters for cls in (ours, theirs)
        )
        assert list(mine) == list(parameters)
        for name in {*mine} - {"connection_class", "min_size"}:
            assert mine[name].default == parameters[name].default, name
        assert issubclass(ours, theirs)
        sizes: list[int] = []
        for cls in (ours, theirs):
            options: dict[str, Any] = {"max_size": 9, "open": False}
            sizes += [cls(**options).min_size, cls(min_size=0, **options).min_size]
        assert sizes[:2] == sizes[2:]


async def test_pool_of_psycopg_pool(dsn: str) -> None:
    own: Any = pgtwin.AsyncConnection
    async with (
        psycopg_pool.AsyncConnectionPool(
            dsn, connection_class=own, min_size=1, open=False
        ) as pool,
        pool.connection() as conn,
    ):
        cls: type = type(conn)
        assert cls is pgtwin.AsyncConnection


async def test_own_class_and_keywords(dsn: str) -> None:
    keywords = {"autocommit": True, "row_factory": dict_row, "application_name": "us"}
    async with (
        AsyncConnectionPool(
            dsn, connection_class=Mine, kwargs=keywords, min_size=1, open=False
        ) as pool,
        pool.connection() as conn,
    ):
        assert type(conn) is Mine
        assert conn.autocommit
        cur = await conn.execute("SHOW application_name")
        assert await cur.fetchone() == {"application_name": "us"}


async def test_getconn_and_putconn(dsn: str) -> None:
    async with pool_of(dsn) as pool:
        conn = await pool.getconn()
        await conn.execute("SELECT 1")
        with pytest.raises(PoolTimeout):
            await pool.getconn(timeout=0.1)
        await pool.putconn(conn)
        assert conn.info.transaction_status == TransactionStatus.IDLE
        conn = await pool.getconn(timeout=60)
        await pool.putconn(conn)


async def test_close_returns(dsn: str) -> None:
    async with pool_of(dsn, close_returns=True) as pool:
        conn = await pool.getconn()
        await conn.execute("SELECT 1")
        await conn.close()
        assert not conn.closed
        again = await pool.getconn(timeout=60)
        assert again is conn
        await again.close()
    assert conn.closed


async def test_callbacks(dsn: str) -> None:
    called = []

    async def configure(conn: pgtwin.AsyncConnection[Any]) -> None:
        await conn.execute("SET application_name TO 'configured'")
        await conn.commit()
        called.append("configure")

    async def reset(conn: pgtwin.AsyncConnection[Any]) -> None:
        await conn.execute("SET search_path TO DEFAULT")
        await conn.commit()
        called.append("reset")

    async def check(conn: pgtwin.AsyncConnection[Any]) -> None:
        await AsyncConnectionPool.check_connection(conn)
        called.append("check")

    async with pool_of(dsn, configure=configure, reset=reset, check=check) as pool:
        async with pool.connection() as conn:
            cur = await conn.execute("SHOW application_name")
            assert await cur.fetchone() == ("configured",)
            await conn.execute("SET search_path TO nowhere")
        async with pool.connection() as again:
            assert again is conn
            cur = await again.execute("SHOW search_path")
            assert await cur.fetchone() != ("nowhere",)
    assert called[:4] == ["configure", "check", "reset", "check"]


async def test_broken_is_replaced(dsn: str, other: pgtwin.AsyncConnection[Any]) -> None:
    async with pool_of(dsn) as pool:
        pid = await pid_of(pool)
        with pytest.raises(e.OperationalError):
            async with pool.connection() as conn:
                await terminate(other, pid)
                await conn.execute("SELECT 1")
        assert await pid_of(pool) != pid


async def test_lost_while_idle(dsn: str, other: pgtwin.AsyncConnection[Any]) -> None:
    check = AsyncConnectionPool.check_connection
    async with pool_of(dsn, check=check) as pool:
        pid = await pid_of(pool)
        await terminate(other, pid)
        assert await pid_of(pool) != pid
    async with pool_of(dsn) as pool:
        pid = await pid_of(pool)
        await terminate(other, pid)
        await pool.check()
        assert await pid_of(pool) != pid


async def test_failed_transaction_comes_back(dsn: str) -> None:
    async with pool_of(dsn) as pool:
        conn = await pool.getconn()
        with pytest.raises(e.UndefinedTable):
            await conn.execute("SELECT * FROM no_such_table")
        await pool.putconn(conn)
        async with pool.connection() as again:
            assert again is conn
            assert again.info.transaction_status == TransactionStatus.IDLE


async def test_lifetime(dsn: str) -> None:
    async with pool_of(dsn, max_lifetime=0.05) as pool:
        pid = await pid_of(pool)
        await asyncio.sleep(0.2)
        await pid_of(pool)  # too old when it comes back
        assert await pid_of(pool) != pid


async def test_resize(dsn: str) -> None:
    async with pool_of(dsn, min_size=1, max_size=1) as pool:
        first = await pool.getconn()
        with pytest.raises(PoolTimeout):
            await pool.getconn(timeout=0.1)
        await pool.resize(2, 3)
        second = await pool.getconn(timeout=60)
        assert second is not first
        await pool.putconn(first)
        await pool.putconn(second)
        assert pool.max_size == 3


async def test_null_pool(dsn: str) -> None:
    async with AsyncNullConnectionPool(dsn, open=False, max_size=2) as pool:
        async with pool.connection() as one, pool.connection() as two:
            assert type(one) is pgtwin.AsyncConnection
            assert one is not two
            with pytest.raises(PoolTimeout):
                await pool.getconn(timeout=0.1)
        assert one.closed
        assert two.closed
        assert not one.broken
        async with pool.connection() as three:
            cur = await three.execute("SELECT 1")
            assert await cur.fetchone() == (1,)


async def test_forgotten_with_its_pool(dsn: str) -> None:
    pool = pool_of(dsn)
    await pool.open(wait=True)
    conn = await pool.getconn()
    handle = conn.pgconn
    await pool.putconn(conn)
    # No warning: whoever forgets a pool forgets what is in it.
    pool._pool.clear()
    del conn
    gc.collect()
    assert handle.status == ConnStatus.BAD
    await pool.close()


async def test_under_load(dsn: str, other: pgtwin.AsyncConnection[Any]) -> None:
    done: list[int] = []

    async def work(pool: Pool, number: int) -> None:
        async with pool.connection() as conn:
            cur = await conn.execute("SELECT %s::int * 2", (number,))
            row = await cur.fetchone()
            assert row == (number * 2,)
            async with conn.transaction(), conn.pipeline():
                await conn.execute("SET LOCAL statement_timeout TO '60s'")
                cur = await conn.execute("SELECT %s::text", (str(number),))
                assert await cur.fetchone() == (str(number),)
            done.append(number)

    async def fail(pool: Pool, number: int) -> None:
        with pytest.raises(e.OperationalError):
            async with pool.connection() as conn:
                await conn.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        done.append(number)

    async with pool_of(dsn, min_size=4, max_size=8, timeout=60.0) as pool:
        await asyncio.gather(
            *[fail(pool, number) for number in range(12)],
            *[work(pool, number) for number in range(12, 200)],
        )
        assert sorted(done) == list(range(200))
        await pool.wait(timeout=60)
        stats = pool.get_stats()
        assert stats["requests_waiting"] == 0
        assert 4 <= stats["pool_size"] <= 8
        assert await pid_of(pool)


async def test_null_pool_under_load(dsn: str) -> None:
    done: list[int] = []

    async def work(pool: AsyncNullConnectionPool[Any], number: int) -> None:
        async with pool.connection() as conn:
            cur = await conn.execute("SELECT %s::int", (number,))
            assert await cur.fetchone() == (number,)
            done.append(number)

    async with AsyncNullConnectionPool(
        dsn, open=False, max_size=5, timeout=60.0
    ) as pool:
        await asyncio.gather(*[work(pool, number) for number in range(40)])
    assert sorted(done) == list(range(40))
