import asyncio


class A:
    async def fetch(self, x): ...

    def alias(self):
        return self.fetch(1)

    async def main(self, xs, c):
        f = lambda: self.fetch(2)
        await f()
        await (self.fetch(1) if c else self.fetch(2))
        await asyncio.gather(self.fetch(3), *[self.fetch(x) for x in xs])


asyncio.run(A().main([], True))

# ---- twin ----

import functools

from twin_runtime.tasks import gather


class A:
    def fetch(self, x): ...

    def alias(self):
        return self.fetch(1)

    def main(self, xs, c):
        f = lambda: self.fetch(2)
        f()
        (self.fetch(1) if c else self.fetch(2))
        gather(
            functools.partial(self.fetch, 3),
            *[functools.partial(self.fetch, x) for x in xs]
        )


A().main([], True)
