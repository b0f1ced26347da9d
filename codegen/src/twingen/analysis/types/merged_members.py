"""Members of a class that are one in the twin: `aclose` and an inherited `close`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..symbols.async_protocols import DUNDERS

if TYPE_CHECKING:
    from ..symbols.definitions import Definitions
    from ..symbols.library_tables import Libraries


@dataclass(frozen=True)
class Merged:
    """A method, its name in the twin, and the class with another member of that name.

    `owner` and `other` are the classes in which each of the two is found.
    """

    name: str
    owner: str
    twin: str
    other: str


class Members:
    """What a class has, with what it inherits."""

    def __init__(
        self, definitions: Definitions, libraries: Libraries, owner: str
    ) -> None:
        self._definitions = definitions
        self._libraries = libraries
        self.owner = owner
        self.classes = list(definitions.bases(owner))
        self._outside = {
            each: set(definitions.outside[each].split())
            for each in self.classes
            if each in definitions.outside
        }

    def holder(self, name: str) -> str | None:
        """Return the class that has a member of this name."""
        return next(iter(self._holders(name)), None)

    def _holders(self, name: str) -> Iterator[str]:
        known = self._definitions
        for each in self.classes:
            qualified = f"{each}.{name}"
            of_source = qualified in known.members or qualified in known.attributes
            if of_source or name in self._outside.get(each, ()):
                yield each

    def renamed(self) -> Iterator[tuple[str, str, str]]:
        """Yield each method with another name in the twin: class, name, and that."""
        seen: set[str] = set()
        for each in self.classes:
            for name in self._definitions.methods_of(each):
                twin = None if name in seen else self.twin_of(each, name)
                seen.add(name)
                if twin is not None and twin != name:
                    yield each, name, twin

    def twin_of(self, owner: str, name: str) -> str | None:
        """Return what the twin calls a method that a class of the sources has."""
        own = self._libraries.own_methods
        for each in self._definitions.bases(owner):
            row = self._libraries.member_of(each, name)
            if row is not None and not row.refuse:
                return row.becomes.rpartition(".")[2] or None
        return (
            DUNDERS.get(name)
            or (own.twin_of(owner, name) if own is not None else None)
            or self._libraries.method_of(name, None)
        )

    def source_of(self, twin: str) -> str | None:
        """Return the method that the twin calls so, if it is renamed."""
        return next((name for _, name, each in self.renamed() if each == twin), None)

    def merged(self) -> Iterator[Merged]:
        """Yield the members that would be one in the twin."""
        for owner, name, twin in self.renamed():
            for other in self._holders(twin):
                alias = self._definitions.aliases.get(f"{other}.{twin}")
                if alias != name and not self._is_one_there(other, name):
                    yield Merged(name, owner, twin, other)
                    break
        indexing = self.holder("__getitem__")
        iterating = self.holder("__aiter__")
        by_number = f"{indexing}.__getitem__" in self._definitions.indexed
        if indexing and iterating and by_number and self.holder("__iter__") is None:
            yield Merged("__aiter__", iterating, "__iter__", indexing)

    def _is_one_there(self, other: str, name: str) -> bool:
        """Recognize a library class that has both, and a sync class for the two."""
        has_both = name in self._outside.get(other, ())
        owners = self._libraries.method_owners.get(name, ())
        if has_both and other.partition(".")[0] in owners:
            return True  # its users define one or both: httpx.Auth
        verdict = self._libraries.verdict(other) if has_both else None
        return verdict is not None and bool(verdict.becomes)

    def is_inherited_whole(self, found: Merged) -> bool:
        """Return whether one base has both members already, where it is refused."""
        known = self._definitions
        return any(
            base in known.classes
            and {found.owner, found.other} <= set(known.bases(base))
            for base in map(known.behind, known.classes.get(self.owner, ()))
        )
