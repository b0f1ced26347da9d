# renames: Async* = *
class AsyncCursor: ...


class AsyncList: ...


class AsyncValueError: ...


def f(Cursor):
    raise ValueError(Cursor, AsyncCursor)

# ---- refused ----
# 2:7: TW201 library_name: AsyncCursor becomes Cursor in the twin, which this module binds already
#   help: rename one of the two
# 8:7: TW201 library_name: AsyncValueError becomes ValueError in the twin, which hides the builtin that this module uses
#   help: rename it
