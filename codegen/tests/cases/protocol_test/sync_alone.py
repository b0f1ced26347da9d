# tasks: turns
from collections.abc import Iterable


def send(data):
    if isinstance(data, Iterable):
        return list(data)
    return hasattr(data, "__iter__"), hasattr(data, "read"), isinstance(data, list)
