# renames: Async* = *
# AsyncCursor is our own; MyAsyncCursor is not
class AsyncCursor:  # an AsyncCursor
    pass

# ---- twin ----
# renames: Async* = *
# Cursor is our own; MyAsyncCursor is not
class Cursor:  # an Cursor
    pass
