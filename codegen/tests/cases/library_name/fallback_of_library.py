try:
    from contextlib import aclosing
except ImportError:

    class aclosing:
        def __init__(self, thing):
            self.thing = thing

        async def __aenter__(self):
            return self.thing

        async def __aexit__(self, *error):
            await self.thing.aclose()


async def first(things):
    async with aclosing(things):
        async for thing in things:
            return thing


# ---- twin ----
try:
    from contextlib import closing as aclosing
except ImportError:

    class aclosing:
        def __init__(self, thing):
            self.thing = thing

        def __enter__(self):
            return self.thing

        def __exit__(self, *error):
            self.thing.close()


def first(things):
    with aclosing(things):
        for thing in things:
            return thing
