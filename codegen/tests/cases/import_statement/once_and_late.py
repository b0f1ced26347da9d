import asyncio
import os

os.environ["TZ"] = "UTC"

import time  # noqa: E402
import zoneinfo  # noqa: E402

import queue, re  # noqa: E401, E402


async def main(names: asyncio.Queue[re.Pattern]) -> queue.Queue:
    await asyncio.sleep(1)
    return time, zoneinfo

# ---- twin ----

import os
import queue
import time  # noqa: E402

os.environ["TZ"] = "UTC"

import zoneinfo  # noqa: E402

import re  # noqa: E401, E402


def main(names: queue.Queue[re.Pattern]) -> queue.Queue:
    time.sleep(1)
    return time, zoneinfo
