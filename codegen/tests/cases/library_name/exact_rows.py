# renames: Async* = *
# renames: AsyncSearch = AsyncSearch
# renames: AsyncPool = Pooled
# renames: source.AsyncQueue = source.SyncQueue
# renames: acme.**.Async* = acme.**.Sync*
# renames: acme.io.Async* = acme.io.*
# renames: acme.AsyncMap = acme.maps.Map
from acme import AsyncClient, AsyncMap
from acme.io import AsyncFile
from acme.deep.io import AsyncPipe


class AsyncSearch:
    """Of AsyncSearch, AsyncPool, AsyncConnection and AsyncMissing."""


class AsyncPool(AsyncSearch):
    file: AsyncFile
    pipe: AsyncPipe
    map: AsyncMap


class AsyncConnection(AsyncClient):
    pass


class AsyncQueue:
    pass

# ---- twin ----
# renames: Async* = *
# renames: AsyncSearch = AsyncSearch
# renames: Pooled = Pooled
# renames: source.Queue = source.SyncQueue
# renames: acme.**.Async* = acme.**.Sync*
# renames: acme.io.Async* = acme.io.*
# renames: acme.AsyncMap = acme.maps.Map
from acme import SyncClient
from acme.maps import Map
from acme.io import File
from acme.deep.io import SyncPipe


class AsyncSearch:
    """Of AsyncSearch, Pooled, Connection and AsyncMissing."""


class Pooled(AsyncSearch):
    file: File
    pipe: SyncPipe
    map: Map


class Connection(SyncClient):
    pass


class SyncQueue:
    pass
