import asyncio
import queue
from contextlib import AsyncExitStack, ExitStack

NAMES = {asyncio.QueueEmpty: "async", 1: 2, queue.Empty: "plain"}


async def made(kind, table):
    return {**table, AsyncExitStack: await kind(), ExitStack: kind(1)}

# ---- refused ----

# 5:45: TW116 duplicate_dict_key: asyncio.QueueEmpty and queue.Empty are the same key in the twin, which keeps the last value
#   help: mark one of them `# twingen: async-only`, on a line of its own
# 9:52: TW116 duplicate_dict_key: AsyncExitStack and ExitStack are the same key in the twin, which keeps the last value
#   help: mark one of them `# twingen: async-only`, on a line of its own
