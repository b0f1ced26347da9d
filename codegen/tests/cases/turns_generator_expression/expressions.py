# tasks: turns
# python: 3.11
import asyncio


async def read(rows, parse):
    task = asyncio.create_task(parse(0))
    texts = (row async for row in rows)
    parsed = (await parse(text) async for text in texts if text)
    inner = ([await parse(each) for each in row] for row in rows)
    await consume((await parse(row)) for row in rows)
    return [each async for each in parsed], inner, await task


async def plain(rows, parse):
    asyncio.create_task(parse(0))
    given = (row for row in await parse(rows))
    later = (lambda: row for row in rows)
    return given, later, (row for row in (await parse(each) for each in rows))


async def consume(rows):
    return [each async for each in rows]

# ---- twin ----

# tasks: turns
# python: 3.11

from twin_runtime.turns.dynamic_calls import await_, awaited, deferred
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.generators import generator_expression
from twin_runtime.turns.library_waits import each_of
from twin_runtime.turns.task_creation import create_task


@entry
def read(rows, parse):
    task = create_task(deferred(parse, 0))
    texts = generator_expression(row for row in each_of(rows))
    parsed = generator_expression(
        awaited(parse, text) for text in each_of(texts) if text
    )
    inner = generator_expression([awaited(parse, each) for each in row] for row in rows)
    consume(generator_expression((awaited(parse, row)) for row in rows))
    return [each for each in each_of(parsed)], inner, await_(task)


@entry
def plain(rows, parse):
    create_task(deferred(parse, 0))
    given = (row for row in awaited(parse, rows))
    later = (lambda: row for row in rows)
    return (
        given,
        later,
        (row for row in generator_expression(awaited(parse, each) for each in rows)),
    )


@entry
def consume(rows):
    return [each for each in each_of(rows)]
