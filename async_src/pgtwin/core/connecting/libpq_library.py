"""The library libpq that psycopg uses, for functions that `psycopg.pq` has not.

What is found is the same library, or nothing.
"""

from __future__ import annotations

import ctypes
import sys
from functools import lru_cache

from psycopg import pq


@lru_cache(maxsize=1)
def find_library() -> ctypes.PyDLL | None:
    """Return the library, `None` if it cannot be found."""
    try:
        if pq.__impl__ == "python":
            path = pq.misc.find_libpq_full_path()
        else:
            # A symbol is looked for in what the extension is linked with, too.
            path = sys.modules[pq.PGconn.__module__].__file__
        library = ctypes.PyDLL(path)
        if path is None or library.PQlibVersion() != pq.version():
            return None
    except (AttributeError, KeyError, OSError):
        return None
    return library


def address_of(library: ctypes.PyDLL, name: str) -> int:
    """Return where a function is; raises `AttributeError` if there is none."""
    return ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0
