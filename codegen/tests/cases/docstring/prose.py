# renames: Async* = *
# prose: asynchronous = synchronous
# prose: Async* = *
# prose: (async) = (sync)
class AsyncClient:
    """An asynchronous client (async), as AsyncOther is."""

    kind = "asynchronous"  # asynchronous, not asynchronously

# ---- twin ----
# renames: Async* = *
# prose: synchronous = synchronous
# prose: Async* = *
# prose: (sync) = (sync)
class Client:
    """An synchronous client (sync), as Other is."""

    kind = "asynchronous"  # synchronous, not asynchronously
