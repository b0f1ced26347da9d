"""A session whose statements are told to query hooks.

Law: a session is of this class only while it has hooks, so that others pay nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.sql import Composable

from pgtwin.aio.sessions.session import TEXT, Session
from pgtwin.core.statements.placeholders import Binder, Statement, bind
from pgtwin.core.statements.query_hooks import Observation, Observed, QueryHook
from pgtwin.core.statements.templates import convert

if TYPE_CHECKING:
    from psycopg.abc import Transformer
    from psycopg.pq.abc import PGresult

    from pgtwin.core.annotations import Params, Query


class ObservedSession(Session):
    """Tells hooks of every statement, the driver's own (`BEGIN` ...) included."""

    _query: Query = ""

    def observe(self, query: Query) -> Observation:
        return Observed(self.hooks, self._text(query))

    async def execute(
        self,
        query: Query,
        params: Params | None = None,
        bind: Binder = bind,
        prepare: bool | None = None,
        result_format: int | None = TEXT,
        transformer: Transformer | None = None,
        statement: Statement | None = None,
    ) -> list[PGresult]:
        self._query = query  # as the caller has written it: it holds no values
        return await super().execute(
            query, params, bind, prepare, result_format, transformer, statement
        )

    async def run(
        self,
        statement: Statement,
        prepare: bool | None,
        result_format: int | None,
        retry: bool = True,
    ) -> list[PGresult]:
        if not retry:
            return await super().run(statement, prepare, result_format, retry)
        with self.observe(self._query) as seen:
            results = await super().run(statement, prepare, result_format)
            seen.note(results)
        return results

    async def command(
        self,
        text: bytes,
        result_format: int = TEXT,
        answers: list[PGresult] | None = None,
    ) -> PGresult:
        with self.observe(text) as seen:
            result = await super().command(text, result_format, answers)
            seen.note([result])
        return result

    def _text(self, query: Query) -> str:
        if isinstance(query, str):
            return query
        if isinstance(query, bytes):
            text = query
        elif isinstance(query, Composable):
            text = query.as_bytes(self.new_transformer())
        else:
            text = convert(query, self.new_transformer(), self.encoding).text
        return text.decode(self.encoding, "replace")


def add_hook(session: Session, hook: QueryHook) -> None:
    """Tell a hook of the session's statements from now on."""
    session.hooks.append(hook)
    session.__class__ = ObservedSession


def remove_hook(session: Session, hook: QueryHook) -> None:
    """Tell it no more; raises `ValueError` when it was not added."""
    session.hooks.remove(hook)
    if not session.hooks:
        session.__class__ = Session
