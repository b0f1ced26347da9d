# renames: Async* = *
def peek(client, _AsyncClient__x, __y):
    return client._AsyncOther__secret, client.__dict__, client._x__y, "_AsyncOther__x"
