import queue


def name(value):
    if isinstance(value, queue.LifoQueue):
        return "last"
    elif isinstance(value, queue.Queue) and value:
        return "first"
    match value:
        case queue.Empty():
            return 1
        case queue.Full() | None:
            return 2
