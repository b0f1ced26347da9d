import queue

NAMES = {queue.Empty: 1, queue.Full: 2, "queue.Empty": 3, **{}}
TWICE = {queue.Empty: 1, queue.Empty: 2}
