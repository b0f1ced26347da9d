"""How cursors of a class bind parameters, for classes of both forms and kinds.

Each comes before a cursor class in a list of bases, server-side ones too; it
never waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from psycopg import errors as e, pq
from psycopg.rows import Row

from pgtwin.core.statements.client_side_binding import bind_merged
from pgtwin.core.statements.placeholders import Binder, bind_raw

if TYPE_CHECKING:
    from pgtwin.core.type_aliases import Params, Query

BINARY = pq.Format.BINARY

ConnectionType = TypeVar("ConnectionType")


class ClientCursorMixin(Generic[ConnectionType, Row]):
    """Makes a cursor write the parameters into the text of the query, as literals."""

    _bind_query: ClassVar[Binder] = staticmethod(bind_merged)
    _merging: ClassVar[bool] = True

    def mogrify(self, query: Query, params: Params | None = None) -> str:
        """Return the text that `execute()` would send.

        Raises `ProgrammingError` when placeholders and parameters do not match.
        """
        cursor: Any = self
        session = cursor._session
        transformer = cursor._dumper() or session.adaptation.new_transformer()
        encoding = session.adaptation.encoding
        statement = self._bind_query(query, params, transformer, encoding)
        return statement.text.decode(encoding)

    def _format(self, binary: bool | None) -> pq.Format:
        wanted: pq.Format = super()._format(binary)  # type: ignore[misc]
        if wanted == BINARY:
            raise e.NotSupportedError(
                "client-side cursors have no binary results: use another cursor"
            )
        return wanted


class RawCursorMixin(Generic[ConnectionType, Row]):
    """Makes a cursor accept the server's own placeholders: `$1`, `$2` ..."""

    _bind_query: ClassVar[Binder] = staticmethod(bind_raw)
