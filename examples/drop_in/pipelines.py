"""Pipelines: statements that do not wait for each other."""

from __future__ import annotations

import pgtwin as psycopg
from pgtwin import errors


async def main(dsn: str) -> None:
    print(psycopg.AsyncPipeline.is_supported())
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("CREATE TEMP TABLE jobs (id int PRIMARY KEY)")
        async with conn.pipeline() as pipeline:
            print(pipeline.status.name)
            await conn.execute("INSERT INTO jobs VALUES (%s)", (1,))
            one = await conn.execute("SELECT count(*) FROM jobs")
            two = await conn.execute("SELECT %s", ("x",))
            await pipeline.sync()
            three = await conn.execute("SELECT 3")
            print(await two.fetchone(), await one.fetchone(), await three.fetchone())
            many = conn.cursor()
            await many.executemany("INSERT INTO jobs VALUES (%s)", [(2,), (3,)])
        print(many.rowcount, pipeline.status.name)

        try:
            async with conn.pipeline():
                await conn.execute("INSERT INTO jobs VALUES (4)")
                await conn.execute("INSERT INTO jobs VALUES (1)")
                await conn.execute("INSERT INTO jobs VALUES (5)")
        except errors.UniqueViolation as error:
            print(error.sqlstate)
        try:
            async with conn.pipeline() as pipeline:
                await conn.execute("INSERT INTO jobs VALUES (6)")
                await pipeline.sync()
                try:
                    await (await conn.execute("SELECT no_such_column")).fetchone()
                except errors.UndefinedColumn:
                    print(pipeline.status.name)
                try:
                    await (await conn.execute("SELECT 1")).fetchone()
                except errors.PipelineAborted:
                    print("not executed")
        except psycopg.Error as error:
            print(type(error).__name__)
        cur = await conn.execute("SELECT array_agg(id ORDER BY id) FROM jobs")
        print(await cur.fetchone())

        async with conn.pipeline(), conn.transaction():
            await conn.execute("DELETE FROM jobs")
            cur = await conn.execute("SELECT count(*) FROM jobs")
            raise psycopg.Rollback()
        cur = await conn.execute("SELECT count(*) > 0 FROM jobs")
        print(await cur.fetchone())
