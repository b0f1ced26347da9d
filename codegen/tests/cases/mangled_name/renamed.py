# renames: Async* = *
class AsyncClient:
    __slots__ = ("_AsyncClient__secret", "other")
    _AsyncClient__kind = "a"

    def __init__(self):
        self.__secret = 5
        self._AsyncClient__secret += 1


def peek(client):
    assert hasattr(client, "_AsyncClient__secret")
    return client._AsyncClient__secret, vars(client)["_AsyncClient__secret"]

# ---- twin ----
# renames: Async* = *
class Client:
    __slots__ = ("_Client__secret", "other")
    _Client__kind = "a"

    def __init__(self):
        self.__secret = 5
        self._Client__secret += 1


def peek(client):
    assert hasattr(client, "_Client__secret")
    return client._Client__secret, vars(client)["_Client__secret"]
