"""What a session and its cursors ask of the pipeline that is open: an interface."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from psycopg import errors as e

from pgtwin.core.engine.implementation import PipelineState

if TYPE_CHECKING:
    from psycopg.abc import Transformer
    from psycopg.pq.abc import PGresult

    from pgtwin.core.adaptation.adapters import Adapters
    from pgtwin.core.engine.implementation import BatchState, OwnerState, ResultState
    from pgtwin.core.statements.placeholders import Binder, Statement
    from pgtwin.core.statements.query_hooks import Observation
    from pgtwin.core.type_aliases import Params, Query


class Executions(NamedTuple):
    """A query that is executed once for each set of parameters."""

    query: Query
    params_seq: Iterable[Params]
    bind: Binder
    transformer: Transformer
    adapters: Adapters
    result_format: int
    prepare: bool


class OpenPipeline(PipelineState, ABC):
    """A session in pipeline mode.

    Methods that wait raise the first error of the statements that were sent.
    """

    @abstractmethod
    def stop(self) -> None:
        """Leave pipeline mode."""

    @abstractmethod
    async def sync(self) -> None:
        """End what is under way, and receive all results."""

    @abstractmethod
    async def command(self, text: bytes, result_format: int = 0) -> PGresult:
        """Execute a statement of the driver's own and return its result."""

    @abstractmethod
    async def execute(
        self,
        statement: Statement,
        cursor: ResultState,
        seen: Observation,
        prepare: bool | None,
        result_format: int | None,
    ) -> None:
        """Send a statement, whose results a cursor is owed."""

    @abstractmethod
    async def go_on(self, changing: bool) -> None:
        """Receive what has come, if it is time, after a statement was sent."""

    @abstractmethod
    async def execute_many(self, executions: Executions, batch: BatchState) -> None:
        """Send a statement for each set of parameters, until one has failed."""

    @abstractmethod
    async def receive(self, owner: OwnerState | BatchState) -> None:
        """Wait until an owner has its results."""

    @abstractmethod
    def fail(self, error: e.Error) -> None:
        """Note the error of an owner; the first one is raised."""

    @abstractmethod
    def take(self, results: list[PGresult]) -> None:
        """Take results that are of no statement, or of a COPY."""

    @abstractmethod
    async def receive_all(self) -> None:
        """Wait for the results of what was sent."""
