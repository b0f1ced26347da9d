# renames: Async* = *
class AsyncClient: ...


class AsynchronousSearch: ...


class AsyncpgExecutor: ...


class Async_Client: ...


def f(): return AsyncClient, AsynchronousSearch, AsyncpgExecutor, Async_Client

# ---- twin ----
# renames: Async* = *
class Client: ...


class AsynchronousSearch: ...


class AsyncpgExecutor: ...


class _Client: ...


def f():
    return Client, AsynchronousSearch, AsyncpgExecutor, _Client
