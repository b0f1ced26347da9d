import contextlib

from acme import Limiter, Rows, connect


class Limited:
    def __init__(self, rate):
        self.limiter: Limiter | None = Limiter(rate) if rate else None

    async def run(self, rows: Rows):
        context = self.limiter if self.limiter else contextlib.nullcontext()
        async with context:
            return [row async for row in rows]


async def use(address):
    connection = connect(address)
    async with connection:
        async for _ in connection:
            pass

# ---- refused ----
# 12:20: TW109 unknown_library_call: acme.Limiter is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."acme"] Limiter = "...", or mark the code `# twingen: async-only`
# 13:42: TW109 unknown_library_call: acme.Rows is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."acme"] Rows = "...", or mark the code `# twingen: async-only`
# 18:16: TW109 unknown_library_call: acme.connect is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."acme"] connect = "...", or mark the code `# twingen: async-only`
# 19:24: TW109 unknown_library_call: acme.connect is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."acme"] connect = "...", or mark the code `# twingen: async-only`
