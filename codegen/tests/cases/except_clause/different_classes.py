import queue


def first(values, waiting):
    try:
        return next(values), waiting.get_nowait()
    except StopIteration:
        return "no values"
    except queue.Empty:
        return "empty"
    except (ValueError, StopIteration):
        return "never"
