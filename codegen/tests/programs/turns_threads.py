# tasks: turns
"""Threads that a program counts: those of tasks are none."""

import asyncio
import logging
import threading

log = logging.getLogger("turns_threads")


async def told(number):
    await asyncio.sleep(0)
    log.warning("%s", number)  # asks which thread this is
    await asyncio.sleep(0.01)
    return threading.active_count()


async def example_counted():
    logging.lastResort = None
    before = threading.enumerate()
    counts = await asyncio.gather(*map(told, range(5)))
    print([each - len(before) for each in counts])
    print([each.name for each in threading.enumerate() if each not in before])
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait, name="of the program")
    thread.start()
    print([each.name for each in threading.enumerate() if each not in before])
    print(threading.active_count() - len(before))
    ended.set()
    thread.join()
