"""Composite types.

Names of psycopg's public module of the same name; what is fetched from a server
is ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.types.composite import (
    RecordBinaryLoader as RecordBinaryLoader,
    RecordLoader as RecordLoader,
    TupleDumper as TupleDumper,
    register_default_adapters as register_default_adapters,
)

from pgtwin.types.info import CompositeInfo as CompositeInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias, TypeVar

    from psycopg.abc import AdaptContext

    T = TypeVar("T")
    ObjectMaker: TypeAlias = Callable[[Sequence[Any], CompositeInfo], T]
    SequenceMaker: TypeAlias = Callable[[T, CompositeInfo], Sequence[Any]]

    # psycopg's, whose callbacks are given the information that is registered: ours.
    def register_composite(
        info: CompositeInfo,
        context: AdaptContext | None = None,
        factory: Callable[..., T] | None = None,
        *,
        make_object: ObjectMaker[T] | None = None,
        make_sequence: SequenceMaker[T] | None = None,
    ) -> None: ...

else:
    from psycopg.types.composite import (
        ObjectMaker as ObjectMaker,
        SequenceMaker as SequenceMaker,
        register_composite as register_composite,
    )
