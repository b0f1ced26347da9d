async def top(value):
    from collections.abc import AsyncIterator

    return AsyncIterator[value]

# ---- twin ----
def top(value):
    from collections.abc import Iterator

    return Iterator[value]
