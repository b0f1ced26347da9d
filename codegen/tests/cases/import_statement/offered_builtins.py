from asyncio import Event, InvalidStateError, TimeoutError as TimeoutError
from asyncio import QueueEmpty as Empty, TimeoutError as Late

__all__ = ["Event", "InvalidStateError"]


async def wait(event: Event):
    try:
        await event.wait()
    except (TimeoutError, Late, Empty):
        return None


# ---- twin ----
from builtins import RuntimeError, TimeoutError as TimeoutError
from queue import Empty as Empty
from threading import Event

__all__ = ["Event", "RuntimeError"]


def wait(event: Event):
    try:
        event.wait()
    except (TimeoutError, TimeoutError, Empty):
        return None
