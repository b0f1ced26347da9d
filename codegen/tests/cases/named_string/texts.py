# texts of this module follow
# renames: Async* = *
# renames: pkg.Async* = pkg.*
from typing import cast


class AsyncClient:
    """An AsyncClient."""

    def __repr__(self):
        return f"<AsyncClient {self.count:>AsyncClient} \nAsyncClient of pkg.AsyncPool>"


__all__ = ["AsyncClient"]


def test(client: "AsyncClient"):
    assert repr(cast("AsyncClient", client)) == "<AsyncClient [AsyncClients]>"
    assert client.name == "AsyncClient" "\nAsyncClient"
    assert client.path != "source.AsyncClient" != b"AsyncClient" != "x.AsyncClient.y"
    assert client.kind != r"\b<pkg\.AsyncPool at" != "source\\.AsyncClient" != "\\."
    client.left("__aexit__", "__aexit__ of x, __init__", message=f"{client}.__aenter__")


# ---- twin ----
# texts of this module follow
# renames: Async* = *
# renames: pkg.Async* = pkg.*
from typing import cast


class Client:
    """An Client."""

    def __repr__(self):
        return f"<Client {self.count:>Client} \nClient of pkg.Pool>"


__all__ = ["Client"]


def test(client: "Client"):
    assert repr(cast("Client", client)) == "<Client [AsyncClients]>"
    assert client.name == "Client" "\nClient"
    assert client.path != "twin.Client" != b"Client" != "x.Client.y"
    assert client.kind != r"\b<pkg\.Pool at" != "twin\\.Client" != "\\."
    client.left("__exit__", "__exit__ of x, __init__", message=f"{client}.__enter__")
