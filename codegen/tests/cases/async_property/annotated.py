# tasks: turns
class Request:
    @property
    async def data(self):
        return await self.receive()

    async def receive(self):
        return b""


class Script:
    def __init__(self):
        self.data: dict[str, str] = {}

# ---- twin ----
# tasks: turns

from twin_runtime.turns.entry_points import entry


class Request:
    @property
    @entry
    def data(self):
        return self.receive()

    @entry
    def receive(self):
        return b""


class Script:
    def __init__(self):
        self.data: dict[str, str] = {}
