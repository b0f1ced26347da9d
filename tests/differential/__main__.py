"""Plays random programs by psycopg and pgtwin: `nox -s differential`.

Shows each kind of difference once, by a program as small as it gets, and goes on.
"""

from __future__ import annotations

import argparse
import faulthandler
import logging
import os
import random
import re
import sys
import time
import traceback
import warnings
from pathlib import Path

from embedded_server import running_server
from hypothesis import Phase, given, seed, settings
from hypothesis.errors import HypothesisWarning

from tests.differential import steps
from tests.differential.outcome import Difference
from tests.differential.shrinking import shrink
from tests.differential.steps import Program
from tests.differential.strategies import FEATURES, SUPPRESSED, programs
from tests.differential.trial import Trial

# Programs between two seeds.
BATCH = 500


def kind(program: Program, difference: Difference) -> str:
    """Name what a difference is like, so that it is shown once."""
    step = re.sub(
        r"\W.*", "", re.sub(r"^(conn|cur\d+|with conn)\W+", "", difference.place)
    )
    values = [
        text if text.startswith("raises") else re.sub(r"[\d.]+", "N", text)[:30]
        for text in (difference.theirs, difference.ours)
    ]
    if difference.aspect != "value":
        values = [difference.value] if difference.value.startswith("raises") else []
    elif not any(text.startswith("raises") for text in values):
        values = ["values"]
    return " ".join((step, difference.aspect, *values))


def _hangs(difference: Difference) -> bool:
    """Tell whether a driver has not come to the end of a program."""
    return difference.aspect == "number" or "end" in (
        difference.theirs,
        difference.ours,
    )


class Search:
    """Plays programs until there are enough, and keeps the kinds of differences."""

    def __init__(self, trial: Trial, features: frozenset[str]) -> None:
        self.programs = 0
        self.kinds: set[str] = set()
        self._trial = trial
        self._features = features

    def run(self, number: int, start: int) -> None:
        """Play a number of programs."""
        began = time.monotonic()
        while self.programs < number:
            self._batch(min(number - self.programs, BATCH), start)
            start += 1
            spent = time.monotonic() - began
            print(
                f"{self.programs} of {number} programs in {spent:.0f} s, "
                f"{len(self.kinds)} kinds unexplained",
                flush=True,
            )

    def _batch(self, number: int, start: int) -> None:
        @seed(start)
        @settings(
            max_examples=number,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=SUPPRESSED,
        )
        @given(programs(self._features))
        def look(program: Program) -> None:
            self.programs += 1
            try:
                self._look(program)
            except Exception as failure:
                self._note_failure(program, failure)

        before = self.programs
        look()
        if self.programs == before:
            raise RuntimeError("no programs are generated")

    def _note_failure(self, program: Program, failure: Exception) -> None:
        """Note that a program could not be played, as when its database is in use."""
        what = f"not played: {type(failure).__name__}"
        if what not in self.kinds:
            self.kinds.add(what)
            print(f"\n[{len(self.kinds)}] {what}\n{program!r}", flush=True)
            traceback.print_exception(failure)

    def _look(self, program: Program) -> None:
        found = self._trial.difference(program)
        if found is None:
            return
        what = kind(program, found[1])
        if what in self.kinds:
            return
        self.kinds.add(what)

        def shows(smaller: Program) -> bool:
            other = self._trial.difference(smaller)
            return other is not None and kind(smaller, other[1]) == what

        if not _hangs(found[1]):  # else that takes hours
            program = shrink(program, shows)
        name, difference = self._trial.difference(program) or found
        print(f"\n[{len(self.kinds)}] {what}\n{program}", flush=True)
        print(f"{name}: {difference}\n{program!r}", flush=True)


def main() -> int:
    """Return 1 when there are differences that nobody has explained."""
    parser = argparse.ArgumentParser(prog="nox -s differential --")
    parser.add_argument("--programs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--play", type=Path, help="a file with a printed Program(...)")
    parser.add_argument("--without", nargs="*", default=[], choices=sorted(FEATURES))
    parser.add_argument("--only", nargs="*", choices=sorted(FEATURES))
    args = parser.parse_args()
    # A connection that a program forgets is one of the things that are played.
    faulthandler.enable()
    warnings.simplefilter("ignore", ResourceWarning)
    warnings.simplefilter("ignore", HypothesisWarning)
    warnings.filterwarnings("ignore", "using 'notifies", RuntimeWarning)
    logging.disable()
    with running_server() as server, Trial(server, str(os.getpid())) as trial:
        if args.play is not None:
            return show(trial, args.play.read_text())
        features = frozenset(args.only or FEATURES) - frozenset(args.without)
        print(f"seed {args.seed}", flush=True)
        began = time.monotonic()
        search = Search(trial, features)
        search.run(args.programs, args.seed)
        spent = time.monotonic() - began
        print(
            f"\n{trial.programs} plays, smaller ones too, of {trial.steps} steps in "
            f"{spent:.0f} s ({trial.programs / spent:.1f} per second)"
        )
        for sentence, count in trial.explained.most_common():
            print(f"{count:6} explained: {sentence}")
        print(f"{trial.unsteady:6} where psycopg does not do the same each time")
        print(f"{search.programs} programs, {len(search.kinds)} kinds unexplained")
    return bool(search.kinds)


def show(trial: Trial, text: str) -> int:
    """Play one program and print what each driver did."""
    program: Program = eval(text, dict(vars(steps)))
    print(program)
    for name in ("psycopg-sync", "psycopg-async", "pgtwin-async", "pgtwin-sync"):
        played = trial.played(name, program)
        print(f"\n{name}")
        for each in played.outcomes:
            print(
                f"  {each.place}\n    -> {each.value} {each.detail}\n    {each.state}"
            )
        print(f"  {played.effects}")
    found = trial.difference(program)
    print(f"\n{found[0]}: {found[1]}" if found else "\nno difference")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
