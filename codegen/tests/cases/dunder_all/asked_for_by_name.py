# renames: Async* = *
"""AsyncCursor and more."""

import importlib

__all__ = ["AsyncCursor", "connect"]

_MOVED = {"AsyncCursor": ".cursors"}
_LABELS = ["AsyncCursor"]


class AsyncCursor: ...


def connect(): ...


def __getattr__(name: str):
    """Return AsyncCursor where it is asked for."""
    if name == "AsyncCursor" or name in ("AsyncCursor", "AsyncOther"):
        return AsyncCursor
    if name in _MOVED:
        return getattr(importlib.import_module(_MOVED[name], __package__), name)
    raise AttributeError(f"no {name!r}, as AsyncCursor")


def label():
    return "AsyncCursor", _LABELS


# ---- twin ----
# renames: Async* = *
"""Cursor and more."""

import importlib

__all__ = ["Cursor", "connect"]

_MOVED = {"Cursor": ".cursors"}
_LABELS = ["AsyncCursor"]


class Cursor: ...


def connect(): ...


def __getattr__(name: str):
    """Return Cursor where it is asked for."""
    if name == "Cursor" or name in ("Cursor", "Other"):
        return Cursor
    if name in _MOVED:
        return getattr(importlib.import_module(_MOVED[name], __package__), name)
    raise AttributeError(f"no {name!r}, as AsyncCursor")


def label():
    return "AsyncCursor", _LABELS
