async def top(value):
    from collections.abc import AsyncIterator

    return isinstance(value, AsyncIterator)

# ---- twin ----
def top(value):
    from collections.abc import Iterator

    return isinstance(value, Iterator)
