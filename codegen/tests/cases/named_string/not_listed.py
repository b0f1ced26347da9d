# renames: Async* = *
from unittest.mock import patch


def f(client):
    patch("source.AsyncClient")
    return getattr(client, "aclose")
