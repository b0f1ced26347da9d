from aiohttp import ClientSession, ClientTimeout


class Settings:
    def __init__(self, session: ClientSession, timeout: ClientTimeout):
        self.session = session
        self.timeout = timeout


async def seconds(settings: Settings):
    return settings.timeout.total

# ---- twin ----
from aiohttp import ClientSession, ClientTimeout


class Settings:
    def __init__(self, session: ClientSession, timeout: ClientTimeout):
        self.session = session
        self.timeout = timeout


def seconds(settings: Settings):
    return settings.timeout.total
