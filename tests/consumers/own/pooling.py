"""A walk through the pools of psycopg_pool, as programs for psycopg use them."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import psycopg
import psycopg_pool
import pytest
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

IDLE = TransactionStatus.IDLE
KINDS = [
    (psycopg_pool.ConnectionPool, {"min_size": 2, "max_size": 3}),
    (psycopg_pool.NullConnectionPool, {"max_size": 3}),
]
ASYNC_KINDS = [
    (psycopg_pool.AsyncConnectionPool, {"min_size": 2, "max_size": 3}),
    (psycopg_pool.AsyncNullConnectionPool, {"max_size": 3}),
]


@pytest.fixture(params=KINDS, ids=["pool", "null pool"])
def make(request: Any) -> Any:
    kind, sizes = request.param
    return lambda **keywords: kind("", **{**sizes, "open": False, **keywords})


@pytest.fixture(params=ASYNC_KINDS, ids=["pool", "null pool"])
def make_async(request: Any) -> Any:
    kind, sizes = request.param
    return lambda **keywords: kind("", **{**sizes, "open": False, **keywords})


def test_class_of_connections(make: Any) -> None:
    with make() as pool, pool.connection() as conn:
        assert type(conn) is psycopg.Connection


def test_commit_and_rollback(make: Any) -> None:
    with make() as pool:
        with pool.connection() as conn:
            conn.execute("DROP TABLE IF EXISTS pooled; CREATE TABLE pooled (id int)")
        with pytest.raises(ZeroDivisionError), pool.connection() as conn:
            conn.execute("INSERT INTO pooled VALUES (1)")
            raise ZeroDivisionError
        with pool.connection() as conn:
            assert conn.execute("SELECT * FROM pooled").fetchall() == []
            conn.execute("INSERT INTO pooled VALUES (2)")
        with pool.connection() as conn:
            assert conn.execute("SELECT * FROM pooled").fetchall() == [(2,)]


def test_callbacks(make: Any) -> None:
    called = []

    def configure(conn: Any) -> None:
        called.append("configure")
        conn.execute("SET application_name TO configured")
        conn.commit()

    def check(conn: Any) -> None:
        called.append("check")
        psycopg_pool.ConnectionPool.check_connection(conn)

    with make(configure=configure, check=check) as pool:
        with pool.connection() as conn:
            name = conn.execute("SHOW application_name").fetchone()
            assert name == ("configured",)
        assert {"configure", "check"} <= set(called)


def test_keywords(make: Any) -> None:
    keywords = {"autocommit": True, "row_factory": dict_row}
    with make(kwargs=keywords) as pool, pool.connection() as conn:
        assert conn.autocommit
        assert conn.execute("SELECT 1 AS a").fetchone() == {"a": 1}
        assert conn.info.transaction_status == IDLE


def test_exhausted(make: Any) -> None:
    with make() as pool:
        taken = [pool.getconn() for _ in range(3)]
        with pytest.raises(psycopg_pool.PoolTimeout):
            pool.getconn(timeout=0.1)
        for conn in taken:
            pool.putconn(conn)
        assert pool.get_stats()["requests_errors"] == 1


def test_broken_is_replaced() -> None:
    with psycopg_pool.ConnectionPool("", min_size=1, open=False) as pool:
        pool.wait()
        with psycopg.connect(autocommit=True) as admin, pool.connection() as conn:
            pid = conn.info.backend_pid
            admin.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])
        pool.check()
        pool.wait()
        with pool.connection() as conn:
            assert conn.execute("SELECT 1").fetchone() == (1,)
            assert conn.info.backend_pid != pid


def test_broken_in_use(make: Any) -> None:
    with make() as pool, psycopg.connect(autocommit=True) as admin:
        with pytest.raises(psycopg.OperationalError), pool.connection() as conn:
            pid = conn.info.backend_pid
            admin.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])
            conn.execute("SELECT 1")
        with pool.connection() as conn:
            assert conn.execute("SELECT 1").fetchone() == (1,)


def test_left_in_a_transaction(make: Any) -> None:
    with make() as pool:
        conn = pool.getconn()
        conn.execute("SELECT 1")
        pool.putconn(conn)
        with pool.connection() as conn:
            assert conn.info.transaction_status == IDLE


def test_threads(make: Any) -> None:
    found = []

    def work(pool: Any, number: int) -> None:
        with pool.connection() as conn:
            found.append(conn.execute("SELECT %s::int", [number]).fetchone()[0])

    with make() as pool:
        threads = [threading.Thread(target=work, args=(pool, n)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(found) == list(range(20))


def test_close_returns() -> None:
    with psycopg_pool.ConnectionPool(
        "", min_size=1, open=False, close_returns=True
    ) as pool:
        conn = pool.getconn()
        conn.close()
        assert not conn.closed
        assert pool.getconn() is conn
        pool.putconn(conn)


def test_closed(make: Any) -> None:
    pool = make()
    pool.open()
    pool.close()
    with pytest.raises(psycopg_pool.PoolClosed):
        pool.getconn()


async def test_class_of_async_connections(make_async: Any) -> None:
    async with make_async() as pool, pool.connection() as conn:
        assert type(conn) is psycopg.AsyncConnection


async def test_async_callbacks(make_async: Any) -> None:
    called = []

    async def configure(conn: Any) -> None:
        called.append("configure")
        await conn.set_autocommit(True)

    async def reset(conn: Any) -> None:
        called.append("reset")

    async with make_async(configure=configure, reset=reset) as pool:
        for _ in range(2):
            async with pool.connection() as conn:
                assert conn.autocommit
                cur = await conn.execute("SELECT 1")
                assert await cur.fetchone() == (1,)
    assert "configure" in called


async def test_async_tasks(make_async: Any) -> None:
    async def work(pool: Any, number: int) -> int:
        async with pool.connection() as conn:
            cur = await conn.execute("SELECT %s::int", [number])
            (found,) = await cur.fetchone()
        return int(found)

    async with make_async() as pool:
        found = await asyncio.gather(*[work(pool, n) for n in range(20)])
    assert found == list(range(20))


async def test_async_exhausted_and_cancelled(make_async: Any) -> None:
    async with make_async() as pool:
        taken = [await pool.getconn() for _ in range(3)]
        waiting = asyncio.create_task(pool.getconn(timeout=60))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        for conn in taken:
            await pool.putconn(conn)
        async with pool.connection() as conn:
            assert conn.info.transaction_status == IDLE


async def test_async_rollback(make_async: Any) -> None:
    async with make_async() as pool:
        with pytest.raises(ZeroDivisionError):
            async with pool.connection() as conn:
                await conn.execute("CREATE TABLE never_made (id int)")
                raise ZeroDivisionError
        async with pool.connection() as conn:
            cur = await conn.execute("SELECT to_regclass('never_made')")
            assert await cur.fetchone() == (None,)
