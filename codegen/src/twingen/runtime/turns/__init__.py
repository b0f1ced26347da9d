"""asyncio's semantics on threads: a task is a thread, and one thread has the turn.

Of the threads of a loop only the one that has the turn runs. It passes the turn on
where it waits, in the order of asyncio's ready queue, so what may happen between two
waits, the start of a task and the place where a cancellation strikes are asyncio's,
whatever the Python: the behaviour is that of Python 3.13.

Every module stands for one idea and imports only what it needs.
"""

from .event_loop import EventLoop  # whoever is in no loop is in the home loop

__all__ = ["EventLoop"]
