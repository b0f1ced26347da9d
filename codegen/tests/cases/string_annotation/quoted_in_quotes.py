# renames: Async* = *
"""A string in an annotation that is a string itself; a literal stays."""

from typing import Annotated, Literal


class AsyncClient:
    pass


def f(clients: "list['AsyncClient']", kind: "Literal['AsyncClient', 'plain']") -> None:
    pass


def g(client: "Annotated['AsyncClient', 'AsyncClient']") -> None:
    pass

# ---- twin ----

# renames: Async* = *
"""A string in an annotation that is a string itself; a literal stays."""

from typing import Annotated, Literal


class Client:
    pass


def f(clients: "list['Client']", kind: "Literal['AsyncClient', 'plain']") -> None:
    pass


def g(client: "Annotated['Client', 'AsyncClient']") -> None:
    pass
