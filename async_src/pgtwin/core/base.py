"""What connections of both forms have in common for who looks at them from outside.

Law: nothing that waits, and nothing that knows a form.
"""

from __future__ import annotations

from typing import Generic

from psycopg import errors as e
from psycopg.rows import Row


class BaseConnection(Generic[Row]):
    """The base of `AsyncConnection` and `Connection`: for `isinstance()`.

    Holds the exceptions of the driver, as PEP 249 allows.
    """

    __module__ = "pgtwin"

    Warning = e.Warning
    Error = e.Error
    InterfaceError = e.InterfaceError
    DatabaseError = e.DatabaseError
    DataError = e.DataError
    OperationalError = e.OperationalError
    IntegrityError = e.IntegrityError
    InternalError = e.InternalError
    ProgrammingError = e.ProgrammingError
    NotSupportedError = e.NotSupportedError
