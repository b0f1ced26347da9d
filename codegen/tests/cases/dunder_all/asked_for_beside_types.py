# its texts stay
# renames: Async* = *
# strings: builtins.getattr
import typing


class AsyncCursor: ...


def __getattr__(name):
    found: "AsyncCursor"
    if name == "AsyncCursor":
        found = typing.cast("AsyncCursor", getattr(typing, "AsyncCursor"))
        return found
    raise AttributeError("AsyncCursor")


# ---- twin ----
# its texts stay
# renames: Async* = *
# strings: builtins.getattr
import typing


class Cursor: ...


def __getattr__(name):
    found: "Cursor"
    if name == "Cursor":
        found = typing.cast("Cursor", getattr(typing, "AsyncCursor"))
        return found
    raise AttributeError("AsyncCursor")
