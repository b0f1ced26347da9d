# renames: Async* = *
from unittest.mock import patch


def f(client, name):
    patch("source.AsyncClient")
    hasattr(client, "close")
    hasattr(client, name)
    return "aclose", patch(client, "aclose")
