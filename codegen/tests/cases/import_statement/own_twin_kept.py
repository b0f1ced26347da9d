# row: twin.Config = keep
from twin import Config


async def config():
    return Config()

# ---- twin ----
# row: twin.Config = keep
from twin import Config


def config():
    return Config()
