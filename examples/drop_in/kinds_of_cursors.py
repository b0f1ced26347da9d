"""Cursors that bind on the client, that take $1, that stream, that users derive."""

from __future__ import annotations

from typing import Any

import pgtwin as psycopg
from pgtwin.rows import TupleRow


class CountingCursor(psycopg.AsyncCursor[TupleRow]):
    """Counts what it executes."""

    executed = 0

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        type(self).executed += 1
        return await super().execute(*args, **kwargs)


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        client = psycopg.AsyncClientCursor(conn)
        print(client.mogrify("SELECT %s, %s, %s", ("it's", 1, None)))
        await client.execute("SELECT %s, pg_typeof(%s)::text; SELECT %s", (1, 2, "x"))
        print(await client.fetchone(), client.nextset(), await client.fetchone())
        await client.execute("SET application_name TO %s", ("drop-in",))
        print(conn.info.parameter_status("application_name"))

        raw = psycopg.AsyncRawCursor(conn)
        await raw.execute("SELECT $2::text, $1::int", (1, "two"))
        print(await raw.fetchone())
        try:
            await raw.execute("SELECT $1", {"a": 1})
        except TypeError:
            print("raw cursors take sequences")

        cur = conn.cursor()
        print([row async for row in cur.stream("SELECT generate_series(1, %s)", (3,))])
        await cur.execute("SELECT 1; SELECT 2 WHERE false; SET x.y TO 1; SELECT 3, 4")
        while True:
            tag = cur.statusmessage
            print(tag, await cur.fetchall() if cur.description else None)
            if not cur.nextset():
                break
        async for result in cur.results():
            print(result.statusmessage, result.rowcount)
        await cur.set_result(-1)
        print(await cur.fetchone())
        await cur.executemany("SELECT %s::int * 2", [(1,), (2,), (3,)], returning=True)
        async for result in cur.results():
            print(await result.fetchone())
        try:
            await conn.execute("SELECT 1; SELECT %s", (1,))
        except psycopg.errors.SyntaxError:
            print("one statement with parameters")

        every: Any = conn
        every.cursor_factory = CountingCursor
        await conn.execute("SELECT 1")
        await conn.cursor().execute("SELECT 2")
        print(CountingCursor.executed, type(conn.cursor()).__name__)

    async with await psycopg.AsyncConnection.connect(
        dsn, cursor_factory=psycopg.AsyncClientCursor
    ) as conn:
        cur = await conn.execute("SELECT %s", ("bound here",))
        print(type(cur).__name__.removeprefix("Async"), await cur.fetchone())
        print(cur.connection is conn, cur.closed, cur.arraysize)
        await cur.close()
        try:
            await cur.fetchone()
        except psycopg.InterfaceError:
            print("closed", cur.closed)
