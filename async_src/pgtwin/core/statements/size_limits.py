"""The limits of one message to the server.

They are checked before anything is sent, because the server closes the session without
an error if a message is too long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from psycopg.errors import DataError

if TYPE_CHECKING:
    from psycopg.abc import Buffer

# The server's PQ_LARGE_MESSAGE_LIMIT: a message's length, which counts itself.
LIMIT = 0x3FFFFFFE
# More than names, and what stands around a query or its values, take of a message.
ROOM = 1024
# A value's length and its format; the type of a parameter takes less.
BESIDE = 6
# As many values as a statement can have fit into a message if none of them is longer,
# in elements of up to eight bytes.
SHORT = 2000

REMEDY = (
    "one message to the server holds less than 1 GiB: send it in pieces, with COPY as "
    "many rows, or as a large object (lo_put)"
)


def check_values(values: Sequence[Buffer | None]) -> None:
    """Raise `DataError` when values do not fit into one message together."""
    try:
        for value in values:
            if value is not None and len(value) > SHORT:
                break
        else:
            return
    except TypeError:
        pass  # a memoryview without dimensions
    size = sum(memoryview(value).nbytes for value in values if value is not None)
    if size + len(values) * BESIDE + ROOM > LIMIT:
        raise DataError(f"the parameters take {size:,} bytes together, and {REMEDY}")


def check_text(text: bytes, number: int = 0) -> None:
    """Raise `DataError` when a query with `number` parameters fits into no message."""
    if len(text) + number * BESIDE + ROOM > LIMIT:
        raise DataError(f"the query takes {len(text):,} bytes, and {REMEDY}")
