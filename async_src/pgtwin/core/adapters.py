"""Adapters that know when they were changed, and where they are used.

Law: whoever keeps something made from adapters keeps their `generation` with it, and
makes it again when the two differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import psycopg
from psycopg.adapt import AdaptersMap, Transformer as AdaptTransformer
from psycopg.types import TypeInfo, TypesRegistry

if TYPE_CHECKING:
    from psycopg.abc import AdaptContext, Dumper, Loader, Transformer

Info = TypeVar("Info", bound=TypeInfo)


class Types(TypesRegistry):
    """A registry of types that finds what psycopg has registered by our classes too."""

    __module__ = "pgtwin"

    def get_by_subtype(self, cls: type[Info], subtype: int | str) -> Info | None:
        """Return the range or multirange of a subtype; `None` if there is none."""
        for known in cls.__mro__:
            if info := super().get_by_subtype(known, subtype):
                return cast("Info", info)
        return None


class Adapters(AdaptersMap):
    """A copy of other adapters that counts what is registered after."""

    __module__ = "pgtwin"

    def __init__(self, template: AdaptersMap | None = None) -> None:
        template = template if template is not None else psycopg.adapters
        super().__init__(template)
        self.types = Types(template.types)
        self.generation = 0

    def register_dumper(self, cls: type | str | None, dumper: type[Dumper]) -> None:
        """Use a dumper class for values of a Python class, from the next query on."""
        super().register_dumper(cls, dumper)
        self.generation += 1

    def register_loader(self, oid: int | str, loader: type[Loader]) -> None:
        """Use a loader class for values of a server type, from the next query on."""
        super().register_loader(oid, loader)
        self.generation += 1


class Place(NamedTuple):
    """Where values are adapted: an `AdaptContext`."""

    adapters: Adapters
    connection: Any

    def transformer(self) -> Transformer:
        """Return a new transformer for this place."""
        return AdaptTransformer(cast("AdaptContext", self))
