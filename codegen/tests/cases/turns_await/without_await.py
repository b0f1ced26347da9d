# tasks: turns
def waited(future, timeout=None):
    """Wait, and await nothing."""
    return future.result(timeout)


first, second = map(waited, ())
