# needs: aiosqlite
"""aiosqlite: connections, cursors, transactions and several tasks."""

import asyncio

import aiosqlite


async def made():
    connection = await aiosqlite.connect(":memory:")
    await connection.execute("create table numbers (n integer)")
    return connection


async def insert(connection: aiosqlite.Connection, numbers):
    for number in numbers:
        await connection.execute("insert into numbers values (?)", (number,))
        await asyncio.sleep(0)
    await connection.commit()


async def example_block():
    async with aiosqlite.connect(":memory:") as connection:
        connection.row_factory = aiosqlite.Row
        async with connection.execute("select 1 as one union select 2") as cursor:
            rows = [row["one"] async for row in cursor]
        print(cursor.description[0][0])
    try:
        await connection.execute("select 1")
    except (ValueError, aiosqlite.ProgrammingError):
        print("closed")
    return rows


async def example_several_tasks():
    connection = await made()
    await asyncio.gather(
        insert(connection, range(3)), insert(connection, range(10, 13))
    )
    rows = await connection.execute_fetchall("select n from numbers order by n")
    await connection.close()
    return [tuple(row) for row in rows]


async def example_transaction():
    connection = await made()
    key = await connection.execute_insert("insert into numbers values (?)", [7])
    print(tuple(key), connection.in_transaction)
    await connection.rollback()
    cursor = await connection.execute("select count(*) from numbers")
    print(await cursor.fetchone(), await cursor.fetchone())
    await cursor.close()
    await connection.close()


async def example_many():
    connection = await made()
    cursor = await connection.cursor()
    await cursor.executemany("insert into numbers values (?)", [[n] for n in range(5)])
    await cursor.execute("select n from numbers")
    cursor.arraysize = 2
    print(await cursor.fetchmany(), await cursor.fetchmany(1), await cursor.fetchall())
    await cursor.executescript("delete from numbers; select 1;")
    print(connection.total_changes, cursor.rowcount)
    await connection.close()


async def example_error():
    connection = await made()
    try:
        await connection.execute("select nothing")
    except aiosqlite.OperationalError as error:
        return str(error)
    finally:
        await connection.close()


async def example_function():
    connection = aiosqlite.connect(":memory:")
    async with connection:
        await connection.create_function("twice", num_params=1, func=lambda n: 2 * n)
        async with connection.execute(sql="select twice(?)", parameters=[4]) as cursor:
            return await cursor.fetchone()
