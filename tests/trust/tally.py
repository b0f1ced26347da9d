"""How often something was tried, and how it went."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Tally:
    """Counts attempts; a connection that does not work any more must have said so."""

    tried: int = 0
    broken: int = 0

    def add(self, works: bool) -> None:
        """Count one attempt that went as it should."""
        self.tried += 1
        self.broken += not works

    def __iadd__(self, other: Tally) -> Tally:
        self.tried += other.tried
        self.broken += other.broken
        return self
