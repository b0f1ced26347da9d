from asyncio import Event as Flag, TimeoutError as Late, TimeoutError as Later

__all__ = ["Flag", "Late", "wait"]


async def wait(event: Flag):
    try:
        await event.wait()
    except (Late, Later):
        return None


# ---- twin ----
from builtins import TimeoutError as Late
from threading import Event as Flag

__all__ = ["Flag", "Late", "wait"]


def wait(event: Flag):
    try:
        event.wait()
    except (TimeoutError, TimeoutError):
        return None
