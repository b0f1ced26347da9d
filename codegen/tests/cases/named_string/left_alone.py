# renames: Async* = *
from unittest.mock import patch


class Thing: ...


def f(client, name):
    patch("os.path.exists")
    hasattr(client, "close")
    hasattr(client, name)
    return "aclose", patch(client, "aclose"), "source", "AsyncThing"
