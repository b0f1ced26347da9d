"""The error of a server that refused a connection, with its SQLSTATE.

libpq reports the SQLSTATE of a refusal only in its text, and only if it is verbose
(`PQsetErrorVerbosity`). psycopg.pq does not wrap that function, but provides the
pointer to call it.

The text that is passed on is libpq's default text. If the function cannot be found,
there is no SQLSTATE, and everything else is the same.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from psycopg import errors as e, pq
from psycopg.pq.abc import PGconn

from pgtwin.core.connecting.failed_pgconn import finished
from pgtwin.core.connecting.libpq_library import find_library

DEFAULT = 1  # PQERRORS_DEFAULT
VERBOSE = 2  # PQERRORS_VERBOSE
CANNOT_CONNECT_NOW = "57P03"

# What libpq adds to the text when it is verbose.
STATE = re.compile(r"(?m)^(.*?:  )((?=[A-Z]*[0-9])[0-9A-Z]{5}): ")
LOCATION = re.compile(r"(?m)^[^:\n]+:  \w+, [^\s:]+:[0-9]+(?:\n|\Z)")


def be_verbose(pgconn: Any, verbose: bool = True) -> None:
    """Switch the SQLSTATE in libpq's error texts on or off."""
    function = _set_verbosity()
    if function is not None:
        function(pgconn.pgconn_ptr, VERBOSE if verbose else DEFAULT)


def refusal(pgconn: PGconn) -> e.OperationalError:
    """Finish a libpq connection that failed to connect, and return its error.

    Its class is that of the SQLSTATE, and an `OperationalError`.
    """
    text, state = plain(pgconn.get_error_message().strip())
    left = finished(pgconn)
    left.error_message = text.encode()  # type: ignore[misc]
    if state is None:
        return e.OperationalError(text, pgconn=left)
    return class_of(state)(text, info=_info(state), pgconn=left)


def restated(error: e.Error, text: str) -> e.Error:
    """Return the same error with another text."""
    state = error.sqlstate
    info = None if state is None else _info(state)
    return type(error)(text, info=info, pgconn=error.pgconn)


def _info(state: str) -> dict[int, bytes | None]:
    return {int(pq.DiagnosticField.SQLSTATE): state.encode()}


def plain(text: str) -> tuple[str, str | None]:
    """Return a verbose text as libpq has it by default, and the SQLSTATE in it."""
    states = STATE.findall(text)
    if not states:
        return text, None
    return LOCATION.sub("", STATE.sub(r"\1", text)).strip(), states[-1][1]


def is_final(error: e.OperationalError) -> bool:
    """Return whether a refused attempt ends `connect()`: no other host is tried.

    A failed authentication does (libpq's documentation, "Specifying Multiple Hosts"),
    and so does any other refusal, except if the server cannot accept connections now.
    """
    if error.sqlstate is not None:
        return error.sqlstate != CANNOT_CONNECT_NOW
    pgconn = error.pgconn
    return pgconn is not None and pgconn.needs_password


@cache
def class_of(state: str) -> type[e.OperationalError]:
    """Return the class for a SQLSTATE of a server that refuses a connection."""
    try:
        found = e.lookup(state)
    except KeyError:
        return e.OperationalError
    if issubclass(found, e.OperationalError):
        return found
    # Whoever cannot connect catches an OperationalError: the error is one as well.
    members = {"__module__": found.__module__, "__reduce__": _reduce}
    return type(found.__name__, (e.OperationalError, found), members)


def _reduce(error: e.OperationalError) -> tuple[Any, ...]:
    made = e.OperationalError.__reduce__(error)
    assert isinstance(made, tuple)
    return _made_again, (error.sqlstate, made[1]), made[2]


def _made_again(state: str, args: tuple[Any, ...]) -> e.OperationalError:
    return class_of(state)(*args)


@lru_cache(maxsize=1)
def _set_verbosity() -> Callable[[int | None, int], object] | None:
    """Return libpq's function, if it can be found."""
    function = getattr(find_library(), "PQsetErrorVerbosity", None)
    if function is None:
        return None
    function.argtypes = [ctypes.c_void_p, ctypes.c_int]
    function.restype = ctypes.c_int
    found: Callable[[int | None, int], object] = function
    return found
