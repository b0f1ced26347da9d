"""COPY, in and out, by blocks and by rows, as text and binary."""

from __future__ import annotations

import io

import pgtwin as psycopg

ROWS = [(10, 20, "hello"), (40, None, "wor\tld"), (50, 60, "\\.")]


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("CREATE TEMP TABLE sample (one int, two int, three text)")
        cur = conn.cursor()
        async with cur.copy("COPY sample FROM STDIN") as copy:
            for row in ROWS:
                await copy.write_row(row)
        print(cur.rowcount, cur.statusmessage)

        async with cur.copy("COPY sample TO STDOUT") as copy:
            async for block in copy:
                print(bytes(block))
        async with cur.copy("COPY (SELECT * FROM sample) TO STDOUT") as copy:
            copy.set_types(["int4", "int4", "text"])
            async for row in copy.rows():
                print(row)
        async with cur.copy("COPY sample TO STDOUT (FORMAT BINARY)") as copy:
            copy.set_types(["int4", "int4", "text"])
            while (record := await copy.read_row()) is not None:
                print(record)
        print(cur.rowcount)

        source = io.StringIO("1\t2\tfrom a file\n3\t\\N\tagain\n")
        async with cur.copy("COPY sample FROM STDIN") as copy:
            while data := source.read(7):
                await copy.write(data)
        async with cur.copy(
            "COPY sample (one, three) FROM STDIN (FORMAT BINARY)"
        ) as copy:
            copy.set_types(["int4", "text"])
            await copy.write_row((7, "binary"))
        await cur.execute("SELECT * FROM sample ORDER BY one")
        print(await cur.fetchall())

        async with cur.copy(
            "COPY (SELECT * FROM sample WHERE one > %s ORDER BY one) TO STDOUT", (7,)
        ) as copy:
            while block := await copy.read():
                print(bytes(block))

        try:
            async with cur.copy("COPY sample FROM STDIN") as copy:
                await copy.write("not a number\t1\tx\n")
        except psycopg.errors.InvalidTextRepresentation as error:
            print(error.sqlstate)
        try:
            async with cur.copy("COPY sample FROM STDIN") as copy:
                await copy.write("1\t2\tlost\n")
                raise KeyError("changed my mind")
        except KeyError as error:
            print(error, conn.info.transaction_status.name)
        try:
            async with cur.copy("SELECT 1") as copy:
                pass
        except psycopg.ProgrammingError:
            print("no COPY")
        await cur.execute("SELECT count(*) FROM sample")
        print(await cur.fetchone())
