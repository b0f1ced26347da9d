# renames: Async* = *
class AsyncClient:
    R"""A client that is \ raw: `await f()`."""


class AsyncOther:
    R"""Nothing is \ said."""


def say():
    U"""AsyncClient is told."""

# ---- twin ----
# renames: Async* = *
class Client:
    R"""A client that is \ raw: `f()`."""


class Other:
    R"""Nothing is \ said."""


def say():
    """Client is told."""
