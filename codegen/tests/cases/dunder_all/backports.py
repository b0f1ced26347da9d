# tasks: turns
import sys

if sys.version_info >= (3, 13):
    from asyncio import QueueShutDown as AsyncQueueShutDown
else:

    class QueueShutDown(Exception): ...

    AsyncQueueShutDown = QueueShutDown

__all__ = ("AsyncQueueShutDown",)
# ---- twin ----
# tasks: turns
import sys

if sys.version_info >= (3, 13):
    from twin_runtime.turns.exceptions import QueueShutDown as AsyncQueueShutDown
else:

    class QueueShutDown(Exception): ...

    AsyncQueueShutDown = QueueShutDown

__all__ = ("AsyncQueueShutDown",)
