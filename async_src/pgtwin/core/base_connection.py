"""The common base of the connections of both forms.

Nothing here waits, or depends on the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic

from psycopg import errors as e
from psycopg.rows import Row

from pgtwin.core.psycopg_isinstance import virtual_class


class BaseConnection(Generic[Row]):
    """The base class of `AsyncConnection` and `Connection`, for `isinstance()`.

    It has the exceptions of the driver as attributes, as PEP 249 allows. Libraries that
    check for a connection of psycopg (`isinstance(conn, psycopg.Connection)`) accept
    connections of both forms too, although no class is derived from psycopg's.
    """

    __module__ = "pgtwin"
    # The class of psycopg's that has the same methods.
    _psycopg_class: ClassVar[type] = object

    if not TYPE_CHECKING:

        def _get_class(self) -> type:
            """Return what `isinstance()` looks at after `type()`."""
            cls = type(self)
            return virtual_class(cls, cls._psycopg_class)

        def _set_class(self, cls: type) -> None:
            vars(object)["__class__"].__set__(self, cls)

        __class__: Any = property(_get_class, _set_class)

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
