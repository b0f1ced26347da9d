# renames: Async* = *
from other import Box, _Box, _TABLE


class AsyncClient:
    boxed = _Box["AsyncClient"]()
    both = Box["AsyncClient"], _Box[int, "AsyncClient"]
    found = _TABLE["AsyncClient"]

# ---- twin ----
# renames: Async* = *
from other import Box, _Box, _TABLE


class Client:
    boxed = _Box["Client"]()
    both = Box["Client"], _Box[int, "Client"]
    found = _TABLE["AsyncClient"]
