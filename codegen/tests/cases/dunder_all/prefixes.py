# renames: Async* = *
__all__ = [R"AsyncClient", R"other"]


class AsyncClient:
    pass


def other(): ...

# ---- twin ----
# renames: Async* = *
__all__ = [R"Client", R"other"]


class Client:
    pass


def other(): ...
