# renames: Async* = *
"""Use `await cursor.fetch()` of an AsyncCursor.

Wait for it, async or not::

    async with cursor:
        await cursor.fetch()

>>> async for row in cursor:
...     await row.fetch()
"""


class AsyncCursor:
    """An AsyncCursor; not MyAsyncCursor."""

    async def f(self):
        """We await the server's answer."""
        return "async for AsyncCursor"

# ---- twin ----
# renames: Async* = *
"""Use `cursor.fetch()` of an Cursor.

Wait for it, async or not::

    with cursor:
        cursor.fetch()

>>> for row in cursor:
...     row.fetch()
"""


class Cursor:
    """An Cursor; not MyAsyncCursor."""

    def f(self):
        """We await the server's answer."""
        return "async for AsyncCursor"
