"""Plays a program with all drivers and compares.

A difference counts if it comes again with new connections, and if psycopg's two
forms agree there.
"""

from __future__ import annotations

from collections import Counter
from types import TracebackType

from typing_extensions import Self

from tests.differential.databases import Databases
from tests.differential.drivers import OURS, THEIRS, THEIRS_ASYNC, Driver
from tests.differential.explained import explain
from tests.differential.outcome import Difference, Played, differences
from tests.differential.player import play
from tests.differential.steps import Program


class Trial:
    """The drivers and their databases; counts what is played."""

    def __init__(self, server: str, mark: str = "") -> None:
        self.programs = 0
        self.steps = 0
        self.explained: Counter[str] = Counter()
        self.unsteady = 0  # what psycopg itself does one time so and one time else
        self._databases = Databases(server, mark)
        self._drivers = {name: Driver(name) for name in (THEIRS, *OURS, THEIRS_ASYNC)}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        for driver in self._drivers.values():
            driver.close()
        self._databases.close()

    def difference(self, program: Program) -> tuple[str, Difference] | None:
        """Return what nobody has explained, and by which driver."""
        self.programs += 1
        theirs = self.played(THEIRS, program)
        self.steps += len(theirs.outcomes)
        for name in OURS:
            found = self._found(name, program, theirs)
            if found is not None:
                return name, found
        return None

    def played(self, name: str, program: Program) -> Played:
        """Play a program with one driver."""
        database = self._databases.get(name, program.database)
        return play(self._drivers[name], database, program)

    def _found(self, name: str, program: Program, theirs: Played) -> Difference | None:
        found = self._first(program, theirs, self.played(name, program))
        if found is None:
            return None
        for reference in (THEIRS, THEIRS_ASYNC):
            self._drivers[reference].forget()
            self._drivers[name].forget()
            again = self._first(
                program, self.played(reference, program), self.played(name, program)
            )
            if again is None or again.place != found.place:
                if "end" in (found.theirs, found.ours):
                    print(f"{name} was left as hanging, this time only: {program!r}")
                self.unsteady += 1
                return None
        return found

    def _first(
        self, program: Program, theirs: Played, ours: Played
    ) -> Difference | None:
        """Return the first difference that is not meant."""
        for difference in differences(theirs, ours):
            why = explain(program, difference)
            if why is None:
                return difference
            self.explained[why.sentence] += 1
            if not why.harmless:
                break
        return None
