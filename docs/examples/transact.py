"""Do several things, or none of them."""

from __future__ import annotations

import asyncio
import sys

import pgtwin
from pgtwin import errors


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("CREATE TEMP TABLE stock (item text, n int CHECK (n >= 0))")
        await conn.execute("INSERT INTO stock VALUES ('tea', 2), ('milk', 0)")
        try:
            async with conn.transaction():
                for item in ("tea", "milk"):
                    await conn.execute(
                        "UPDATE stock SET n = n - 1 WHERE item = %s", (item,)
                    )
        except errors.CheckViolation as error:
            print(f"undone: {error.diag.constraint_name}")
        cur = await conn.execute("SELECT item, n FROM stock ORDER BY item")
        print(await cur.fetchall())


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
