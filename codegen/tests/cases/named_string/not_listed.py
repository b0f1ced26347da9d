# renames: Async* = *
from unittest.mock import patch


def f(client, name):
    patch("source.AsyncClient")
    hasattr(client, "close")
    hasattr(client, name)
    return "aclose", patch(client, "aclose")

# ---- twin ----
# renames: Async* = *
from unittest.mock import patch


def f(client, name):
    patch("twin.Client")
    hasattr(client, "close")
    hasattr(client, name)
    return "aclose", patch(client, "aclose")
