# renames: Async* = *
from contextlib import aclosing

__all__ = ["AsyncCursor", "aclosing", "Other"]
__all__ += ("AsyncCursor",)
__all__.extend(["AsyncCursor"])
__all__.append("AsyncCursor")


class AsyncCursor: ...


class Other: ...

# ---- twin ----
# renames: Async* = *
from contextlib import closing

__all__ = ["Cursor", "closing", "Other"]
__all__ += ("Cursor",)
__all__.extend(["Cursor"])
__all__.append("Cursor")


class Cursor: ...


class Other: ...
