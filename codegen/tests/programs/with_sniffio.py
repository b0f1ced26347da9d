# needs: sniffio
# tasks: turns
"""sniffio: tasks that take turns have the semantics of asyncio's."""

import asyncio

import sniffio


async def example_in_a_task():
    async def ask():
        return sniffio.current_async_library()

    return await asyncio.create_task(ask()), sniffio.current_async_library()


async def example_in_a_thread():
    def ask():
        try:
            return sniffio.current_async_library()
        except sniffio.AsyncLibraryNotFoundError as error:
            return isinstance(error, RuntimeError)

    return await asyncio.to_thread(ask)
