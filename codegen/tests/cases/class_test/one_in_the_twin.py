import asyncio
import queue


def name(value):
    if isinstance(value, asyncio.Queue):
        return "async"
    elif isinstance(value, (int, queue.Queue)):
        return "plain"
    elif type(value) is asyncio.QueueEmpty:
        return "empty"
    elif type(value) is queue.Empty:
        return "none"


def matched(value):
    match value:
        case asyncio.PriorityQueue() as found:
            return found
        case int() | queue.PriorityQueue():
            return "plain"

# ---- refused ----
# 8:34: TW117 class_test: queue.Queue and asyncio.Queue are the same class in the twin, and the branch above would take both
#   help: test it in an `if` of its own, and mark that `# twingen: async-only`
# 20:22: TW117 class_test: queue.PriorityQueue and asyncio.PriorityQueue are the same class in the twin, and the branch above would take both
#   help: test it in an `if` of its own, and mark that `# twingen: async-only`
