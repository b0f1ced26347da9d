"""Move money in transactions; a savepoint for each step that may fail."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pgtwin
from pgtwin import Rollback, errors


async def transfer(
    conn: pgtwin.AsyncConnection[Any], source: str, target: str, amount: int
) -> None:
    # Inside another transaction this block is a savepoint: all or nothing.
    async with conn.transaction():
        change = "UPDATE accounts SET balance = balance + %s WHERE owner = %s"
        await conn.execute(change, (amount, target))
        await conn.execute(change, (-amount, source))


async def show(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT owner, balance FROM accounts ORDER BY owner")
    print(", ".join([f"{owner} {balance}" async for owner, balance in cur]))


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute(
            "CREATE TEMP TABLE accounts ("
            " owner text PRIMARY KEY, balance int CHECK (balance >= 0))"
        )
        await conn.execute("INSERT INTO accounts VALUES ('alice', 100), ('bob', 20)")
        await show(conn)

        async with conn.transaction():
            await transfer(conn, "alice", "bob", 30)
            try:
                await transfer(conn, "alice", "bob", 1000)
            except errors.CheckViolation:
                print("alice does not have 1000: only that step is undone")
            await transfer(conn, "bob", "alice", 5)
        await show(conn)

        async with conn.transaction():
            await transfer(conn, "alice", "bob", 1)
            print("a change of mind: the whole transaction is undone")
            raise Rollback()
        await show(conn)

        try:
            async with conn.transaction():
                await transfer(conn, "alice", "bob", 2)
                raise ValueError("something else went wrong")
        except ValueError as error:
            print(f"{error}: undone too")
        await show(conn)


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
