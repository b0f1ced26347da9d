"""Cursors that write the parameters into the text of the query, as literals.

Law: what is sent has no parameters: several statements and commands that take none
(`CREATE TABLE`, `SET` ...) can be executed with some, nothing is prepared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from psycopg import errors as e, pq
from psycopg.rows import Row

from pgtwin.aio.cursor import AsyncCursor
from pgtwin.core.literals import bind_merged
from pgtwin.core.plan import Binder

if TYPE_CHECKING:
    from pgtwin.core.annotations import Params, Query

BINARY = pq.Format.BINARY


class AsyncClientCursor(AsyncCursor[Row]):
    """Executes queries into which it has written the parameters itself."""

    __module__ = "pgtwin"
    _bind_query: ClassVar[Binder] = staticmethod(bind_merged)
    _merging = True

    def mogrify(self, query: Query, params: Params | None = None) -> str:
        """Return the text that `execute()` would send.

        Raises `ProgrammingError` when placeholders and parameters do not match.
        """
        session = self._session
        transformer = self._dumper() or session.new_transformer()
        statement = self._bind_query(query, params, transformer, session.encoding)
        return statement.text.decode(session.encoding)

    def _format(self, binary: bool | None) -> pq.Format:
        wanted = super()._format(binary)
        if wanted == BINARY:
            raise e.NotSupportedError(
                "client-side cursors have no binary results: use another cursor"
            )
        return wanted
