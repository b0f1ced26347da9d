"""asyncio's semantics on threads: a task is a thread, and one thread has the turn.

Of the threads of a loop only the one that has the turn runs. It passes the turn on
where it waits, in the order of asyncio's ready queue. So what may happen between two
waits, the start of a task and the place where a cancellation takes effect are
asyncio's. The behaviour is that of Python 3.13, on every Python.

Every module stands for one idea and imports only what it needs.
From the bottom up:

- handles, abstract_event_loop, turn_threads, thread_state: what all others name
- shared_loop, events, entry_points, blocking_calls: the loop of a thread, and its turn
- coroutines, generators, futures, dynamic_calls: what is waited for
- scheduling, switching, outside_threads, loop_iterations, workers: how the threads of a
  loop go on
- tasks, task_creation, timeouts, locks, queues, waiting: as in asyncio
- event_loop: the loop; above it runners, streams, servers and subprocesses
"""

from .event_loop import EventLoop  # a thread in no loop is in the shared loop

__all__ = ["EventLoop"]
