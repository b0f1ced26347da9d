"""Transactions of a connection, blocks, savepoints, characteristics."""

from __future__ import annotations

from typing import Any

import pgtwin as psycopg
from pgtwin import errors


async def count(conn: psycopg.AsyncConnection[Any]) -> object:
    cur = await conn.execute("SELECT count(*) FROM steps")
    row = await cur.fetchone()
    assert row is not None
    return row[0]


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        await conn.execute("CREATE TEMP TABLE steps (id int PRIMARY KEY)")
        print(conn.info.transaction_status.name)
        await conn.commit()
        print(conn.info.transaction_status.name)

        await conn.execute("INSERT INTO steps VALUES (1)")
        await conn.rollback()
        print(await count(conn))
        try:
            await conn.execute("INSERT INTO nowhere VALUES (1)")
        except errors.UndefinedTable as error:
            print(error.sqlstate, conn.info.transaction_status.name)
        try:
            await conn.execute("SELECT 1")
        except errors.InFailedSqlTransaction as error:
            print(error.sqlstate)
        await conn.rollback()

        async with conn.transaction() as outer:
            await conn.execute("INSERT INTO steps VALUES (1)")
            try:
                async with conn.transaction("inner_step") as inner:
                    print(inner.savepoint_name)
                    await conn.execute("INSERT INTO steps VALUES (1)")
            except errors.UniqueViolation as error:
                print(error.diag.constraint_name, error.diag.severity)
            async with conn.transaction(force_rollback=True):
                await conn.execute("INSERT INTO steps VALUES (2)")
            async with conn.transaction():
                await conn.execute("INSERT INTO steps VALUES (3)")
                raise psycopg.Rollback()
            try:
                await conn.commit()
            except errors.ProgrammingError:
                print("commit() is not for blocks")
        print(await count(conn), outer.connection is conn)
        await conn.commit()

        async with conn.transaction() as outer:
            async with conn.transaction():
                await conn.execute("INSERT INTO steps VALUES (4)")
                raise psycopg.Rollback(outer)
            print("never printed")
        print(await count(conn))
        await conn.commit()

        await conn.set_isolation_level(psycopg.IsolationLevel.SERIALIZABLE)
        await conn.set_read_only(True)
        await conn.set_deferrable(True)
        print(conn.isolation_level, conn.read_only, conn.deferrable)
        for setting in ("isolation", "read_only", "deferrable"):
            cur = await conn.execute(f"SHOW transaction_{setting}".encode())
            print(await cur.fetchone())
        try:
            await conn.set_read_only(False)
        except errors.ProgrammingError:
            print("a transaction is open")
        await conn.rollback()
        await conn.set_autocommit(True)
        await conn.execute("SELECT 1")
        print(conn.autocommit, conn.info.transaction_status.name)

    conn = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
    try:
        async with conn:
            await conn.execute("CREATE TEMP TABLE gone (id int)")
            raise KeyError("leaves the block")
    except KeyError as missing:
        print(missing, conn.closed)
