"""Where values are adapted: by which adapters, and for which connection.

What dumps parameters and what loads rows is made for a place, and knows its adapters
and settings as they are then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from psycopg.adapt import Transformer as AdaptTransformer

from pgtwin.core.engine.implementation import make_row_loader

if TYPE_CHECKING:
    from psycopg.abc import AdaptContext, Transformer

    from pgtwin.core.adaptation.adapters import Adapters
    from pgtwin.core.engine.contract import RowLoader


class Place(NamedTuple):
    """Where values are adapted: an `AdaptContext`."""

    adapters: Adapters
    connection: Any

    def transformer(self) -> Transformer:
        """Return a new transformer for this place."""
        return AdaptTransformer(cast("AdaptContext", self))

    def row_loader(self) -> RowLoader:
        """Return what builds rows with new loaders for this place."""
        return make_row_loader(self.transformer())
