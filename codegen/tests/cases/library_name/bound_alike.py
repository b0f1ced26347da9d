# renames: Async* = *
import sys
from collections.abc import Callable

if sys.version_info >= (3, 13):
    from collections.abc import AsyncIterator
else:
    from typing import AsyncIterator

try:
    from fast import Codec
except ImportError:

    class Codec:
        pass


if sys.platform == "win32":

    class AsyncPipe:
        pass

else:

    class AsyncPipe(Codec):
        pass


__all__ = ["AsyncPipe", "Codec", "lines"]

Opener = Callable[[str], "AsyncPipe"]


async def lines(pipe: AsyncPipe, codec: "Codec | None") -> "AsyncIterator[str]":
    yield ""


# ---- twin ----
# renames: Async* = *
import sys
from collections.abc import Callable

if sys.version_info >= (3, 13):
    from collections.abc import Iterator
else:
    from typing import Iterator

try:
    from fast import Codec
except ImportError:

    class Codec:
        pass


if sys.platform == "win32":

    class Pipe:
        pass

else:

    class Pipe(Codec):
        pass


__all__ = ["Pipe", "Codec", "lines"]

Opener = Callable[[str], "Pipe"]


def lines(pipe: Pipe, codec: "Codec | None") -> "Iterator[str]":
    yield ""
