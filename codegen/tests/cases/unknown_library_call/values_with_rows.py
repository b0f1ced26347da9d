# row: acme.Limiter = acme.sync.Limiter
from collections.abc import AsyncIterable

from acme import Limiter


class Own:
    async def __aenter__(self): ...

    async def __aexit__(self, *exc): ...


async def use(limiter: Limiter, own: Own, rows: AsyncIterable[int], unknown):
    async with limiter, own, unknown:
        return [row async for row in rows]

# ---- twin ----
# row: acme.Limiter = acme.sync.Limiter
from collections.abc import Iterable

from acme.sync import Limiter


class Own:
    def __enter__(self): ...

    def __exit__(self, *exc): ...


def use(limiter: Limiter, own: Own, rows: Iterable[int], unknown):
    with limiter, own, unknown:
        return [row for row in rows]
