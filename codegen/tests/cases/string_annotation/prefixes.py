# renames: Async* = *
import asyncio


class AsyncClient:
    lock: R"asyncio.Lock"
    other: R"int"

    def f(self: R"AsyncClient") -> R"AsyncClient": ...

# ---- twin ----
# renames: Async* = *

import threading


class Client:
    lock: R"threading.Lock"
    other: R"int"

    def f(self: R"Client") -> R"Client": ...
