"""Arrays in binary format, which a server that is broken or hostile may cut short."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from struct import Struct
from typing import TYPE_CHECKING, Any

from psycopg.errors import DataError

if TYPE_CHECKING:
    from psycopg.abc import Buffer

MOST_DIMENSIONS = 6  # of the server's arrays
_HEADER = Struct("!III")  # number of dimensions, whether there are NULLs, type
_DIMENSION = Struct("!ii")  # size, first index
_LENGTH = Struct("!i")  # of an element, -1 for NULL


def is_whole(data: Buffer) -> bool:
    """Return whether all elements are there that an array says it has."""
    size = len(data)
    if size < _HEADER.size:
        return False
    dimensions = _HEADER.unpack_from(data)[0]
    place = _HEADER.size + _DIMENSION.size * dimensions
    if dimensions > MOST_DIMENSIONS or size < place:
        return False
    if dimensions == 0:
        return True
    sizes = [
        _DIMENSION.unpack_from(data, _HEADER.size + _DIMENSION.size * each)[0]
        for each in range(dimensions)
    ]
    count = prod(sizes)
    if min(sizes) < 1 or count * _LENGTH.size > size - place:
        return False
    for _ in range(count):
        if size - place < _LENGTH.size:
            return False
        length = _LENGTH.unpack_from(data, place)[0]
        place += _LENGTH.size + max(length, 0)
        if length < -1 or place > size:
            return False
    return True


def load_whole(load: Callable[[Buffer], Any]) -> Callable[[Buffer], Any]:
    """Return a loader of arrays that refuses those that are not whole.

    psycopg's loader believes what an array says: written in C it reads beyond the data,
    and in both forms it takes the memory for a number of elements that are not there.
    """

    def load_array(data: Buffer) -> Any:
        if not is_whole(data):
            raise DataError(
                "an array that the server sent is shorter than it says: its data is"
                " damaged, or the server is not to be trusted"
            )
        return load(data)

    return load_array
