"""Adapters that know when they were changed.

Whoever keeps something made from adapters keeps their `generation` with it, and
makes it again when the two differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.types import TypeInfo, TypesRegistry

from pgtwin.core.engine.result_formats import DATES, has_usual_loaders

if TYPE_CHECKING:
    from psycopg.abc import Dumper, Loader
    from psycopg.pq.abc import PGresult

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
        self._usual: dict[int, bool] = {}
        self._lasting: dict[int, bool] = {}

    def register_dumper(self, cls: type | str | None, dumper: type[Dumper]) -> None:
        """Use a dumper class for values of a Python class, from the next query on."""
        super().register_dumper(cls, dumper)
        self.generation += 1

    def register_loader(self, oid: int | str, loader: type[Loader]) -> None:
        """Use a loader class for values of a server type, from the next query on."""
        super().register_loader(oid, loader)
        self.generation += 1
        self._usual.clear()
        self._lasting.clear()

    def is_usual(self, oid: int) -> bool:
        """Return whether values of a type are immutable, and loaded by psycopg."""
        usual = self._usual.get(oid)
        if usual is None:
            usual = self._usual[oid] = has_usual_loaders(oid, self)
        return usual

    def are_usual(self, result: PGresult) -> bool:
        """Return whether this is so for all columns of a result."""
        known = self._usual
        for column in range(result.nfields):
            oid = result.ftype(column)
            if not (known[oid] if oid in known else self.is_usual(oid)):
                return False
        return True

    def are_lasting(self, result: PGresult) -> bool:
        """Return whether all are usual, and only depend on the encoding."""
        known = self._lasting
        for column in range(result.nfields):
            oid = result.ftype(column)
            if oid not in known:
                known[oid] = oid not in DATES and self.is_usual(oid)
            if not known[oid]:
                return False
        return True
