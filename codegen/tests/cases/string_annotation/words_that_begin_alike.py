# renames: Async* = *
class AsyncPool:
    pool: "AsyncpgPool"


class AsyncpgPool: ...


class AsynchronousSearch:
    pool: AsyncPool
    other: "AsyncPool | AsyncpgPool | AsynchronousSearch"
# ---- twin ----
# renames: Async* = *
class Pool:
    pool: "AsyncpgPool"


class AsyncpgPool: ...


class AsynchronousSearch:
    pool: Pool
    other: "Pool | AsyncpgPool | AsynchronousSearch"
