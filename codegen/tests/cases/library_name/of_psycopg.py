import psycopg
from psycopg.rows import AsyncRowFactory
from psycopg_pool import AsyncConnectionPool


async def main(pool: AsyncConnectionPool, rows: AsyncRowFactory):
    async with await psycopg.AsyncConnection.connect("") as conn:
        async with conn.cursor(row_factory=rows) as cursor:
            await cursor.execute("select 1")
            async for row in cursor:
                print(row)
    async with pool.connection() as conn:
        await conn.commit()

# ---- twin ----

import psycopg
from psycopg.rows import RowFactory
from psycopg_pool import ConnectionPool


def main(pool: ConnectionPool, rows: RowFactory):
    with psycopg.Connection.connect("") as conn:
        with conn.cursor(row_factory=rows) as cursor:
            cursor.execute("select 1")
            for row in cursor:
                print(row)
    with pool.connection() as conn:
        conn.commit()
