import asyncio
from typing import TYPE_CHECKING

# in the twin there are threads
if TYPE_CHECKING:  # twingen: sync-only
    import threading

    def start(call):
        threading.Thread(target=call).start()


if TYPE_CHECKING: x = 1  # twingen: sync-only

# twingen: sync-only
if TYPE_CHECKING:
    y = 1
else:
    y = asyncio.Runner


class A:
    if not TYPE_CHECKING:  # twingen: async-only

        def stop(self):
            return asyncio.all_tasks()

    else:  # twingen: sync-only

        # a comment of its own
        def stop(self):
            return []

# ---- twin ----
# in the twin there are threads
import threading


def start(call):
    threading.Thread(target=call).start()


x = 1

y = 1


class A:

    # a comment of its own
    def stop(self):
        return []
