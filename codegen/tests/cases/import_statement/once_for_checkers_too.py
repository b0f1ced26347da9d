from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import queue
    import threading

    from source import Stamp

import os; import time as time  # what others import from here

# These are late.
import re


async def first(tasks: asyncio.Queue[int], plain: queue.Queue[Stamp]) -> re.Pattern:
    await asyncio.sleep(1)
    return time, os, sys


def second(lock: asyncio.Lock, thread: threading.Thread) -> None: ...

# ---- twin ----

from __future__ import annotations

import queue
import sys
import threading
import time as time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin import Stamp

import os

# what others import from here

# These are late.
import re


def first(tasks: queue.Queue[int], plain: queue.Queue[Stamp]) -> re.Pattern:
    time.sleep(1)
    return time, os, sys


def second(lock: threading.Lock, thread: threading.Thread) -> None: ...
