"""The adapters and the connection by which values are adapted.

Transformers and row loaders are made for a context. They use its adapters and settings
as they are at that time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from psycopg.adapt import Transformer as AdaptTransformer

from pgtwin.core.engine.implementation import make_row_loader

if TYPE_CHECKING:
    from psycopg.abc import AdaptContext, Transformer

    from pgtwin.core.adaptation.adapters import Adapters
    from pgtwin.core.engine.contract import RowLoader


class AdaptationContext(NamedTuple):
    """The adapters and the connection of values (`psycopg.abc.AdaptContext`)."""

    adapters: Adapters
    connection: Any

    def transformer(self) -> Transformer:
        """Return a new transformer for this context."""
        return AdaptTransformer(cast("AdaptContext", self))

    def row_loader(self) -> RowLoader:
        """Return a row loader with new loaders for this context."""
        return make_row_loader(self.transformer())
