from sqlalchemy.ext.asyncio import AsyncEngine


class Own(AsyncEngine):
    def __init__(self, name):
        self.name = name


async def f(sync):
    Own("name")
    AsyncEngine(sync)

# ---- refused ----
# 11:17: TW211 member_name: an argument of sqlalchemy.ext.asyncio.AsyncEngine() has no sync twin: in the twin it is the sync object itself, which wraps no other
#   help: mark the code `# twingen: async-only`
