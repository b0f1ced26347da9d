"""Plays random programs by psycopg and pgtwin: `nox -s differential`.

Shows each kind of difference once, by a program as small as it gets, and goes on.
Programs are played in processes of their own, some hundred in each: psycopg's compiled
code may end its process (see the player for what is known of that).
"""

from __future__ import annotations

import argparse
import faulthandler
import itertools
import logging
import os
import random
import re
import subprocess
import sys
import threading
import time
import traceback
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis import Phase, given, seed, settings
from hypothesis.errors import HypothesisWarning

from tests.differential import steps
from tests.differential.outcome import Difference
from tests.differential.shrinking import shrink
from tests.differential.steps import Program
from tests.differential.strategies import FEATURES, SUPPRESSED, programs
from tests.differential.trial import Trial
from tests.support.embedded_server import running_server

# Programs of one process, and between two of its reports.
BATCH = 500
REPORT = 25
# How a process begins what it reports: the number of programs, the first line of a kind
# of difference, a sentence that explains one.
PLAYED, KIND, EXPLAINED = "@played ", "@kind ", "@explained "


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
    """Return whether a driver has not come to the end of a program."""
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
            if self.programs % REPORT == 0:
                print(f"{PLAYED}{REPORT}", flush=True)
            try:
                self._look(program)
            except Exception as failure:
                self._note_failure(program, failure)

        look()
        if not self.programs:
            raise RuntimeError("no programs are generated")
        print(f"{PLAYED}{self.programs % REPORT}", flush=True)

    def _note_failure(self, program: Program, failure: Exception) -> None:
        """Note that a program could not be played, as when its database is in use."""
        what = f"not played: {type(failure).__name__}"
        if what not in self.kinds:
            self.kinds.add(what)
            print(f"{KIND}{what}\n{program!r}", flush=True)
            traceback.print_exception(failure)

    def _look(self, program: Program) -> None:
        found = self._trial.difference(program)
        # A machine that stands still can make a difference once, but not again.
        if found is None or self._trial.difference(program) is None:
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
        print(f"{KIND}{what}\n{program}\n{name}: {difference}\n{program!r}", flush=True)


class Batches:
    """Has processes play programs, and gathers what they report."""

    def __init__(self, server: str, options: list[str]) -> None:
        self.programs = self.crashes = 0
        self.kinds: set[str] = set()
        self.explained: Counter[str] = Counter()
        self._server = server
        self._options = options
        self._lock = threading.Lock()

    def run(self, number: int, start: int, processes: int) -> None:
        """Play a number of programs, by several processes at a time."""
        began = time.monotonic()
        with ThreadPoolExecutor(processes) as pool:
            while self.programs < number:
                before = self.programs
                list(pool.map(self._batch, range(processes), itertools.count(start)))
                start += processes
                spent = time.monotonic() - began
                print(
                    f"{self.programs} of {number} programs in {spent:.0f} s, "
                    f"{len(self.kinds)} kinds unexplained",
                    flush=True,
                )
                if self.programs == before:
                    raise RuntimeError("no programs are played")

    def _batch(self, place: int, start: int) -> None:
        command = [sys.executable, "-m", "tests.differential", "--batch", self._server]
        # The next process at this place takes the place of its databases.
        command += ["--mark", str(place), *self._options]
        command += ["--programs", str(BATCH), "--seed", str(start)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            new = False
            for line in process.stdout:
                with self._lock:
                    new = self._take(line.rstrip("\n"), new)
        if process.returncode < 0:
            self.crashes += 1

    def _take(self, line: str, new: bool) -> bool:
        """Take a line of a report; tell whether the lines after it are to be shown."""
        if line.startswith(PLAYED):
            self.programs += int(line[len(PLAYED) :])
        elif line.startswith(EXPLAINED):
            count, _, sentence = line[len(EXPLAINED) :].partition(" ")
            self.explained[sentence] += int(count)
        elif line.startswith(KIND):
            what = line[len(KIND) :]
            new = what not in self.kinds
            self.kinds.add(what)
            if new:
                print(f"\n[{len(self.kinds)}] {what}", flush=True)
        elif new:
            print(line, flush=True)
        return new


def main() -> int:
    """Return 1 when there are differences that nobody has explained."""
    parser = argparse.ArgumentParser(prog="nox -s differential --")
    parser.add_argument("--programs", type=int, default=20_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--play", type=Path, help="a file with a printed Program(...)")
    parser.add_argument("--without", nargs="*", default=[], choices=sorted(FEATURES))
    parser.add_argument("--only", nargs="*", choices=sorted(FEATURES))
    parser.add_argument("--batch", help=argparse.SUPPRESS)  # the server's conninfo
    parser.add_argument("--mark", default="", help=argparse.SUPPRESS)
    args = parser.parse_args()
    # A connection that a program forgets is one of the things that are played.
    faulthandler.enable()
    warnings.simplefilter("ignore", ResourceWarning)
    warnings.simplefilter("ignore", HypothesisWarning)
    warnings.filterwarnings("ignore", "using 'notifies", RuntimeWarning)
    logging.disable()
    features = frozenset(args.only or FEATURES) - frozenset(args.without)
    if args.batch is not None:
        with Trial(args.batch, args.mark) as trial:
            search = Search(trial, features)
            search.run(args.programs, args.seed)
            for sentence, count in trial.explained.items():
                print(f"{EXPLAINED}{count} {sentence}", flush=True)
        return 0
    with running_server() as server:
        if args.play is not None:
            with Trial(server, str(os.getpid())) as trial:
                return show(trial, args.play.read_text())
        print(f"seed {args.seed}", flush=True)
        batches = Batches(server, ["--only", *sorted(features)])
        batches.run(args.programs, args.seed, args.processes)
    print()
    for sentence, count in batches.explained.most_common():
        print(f"{count:6} explained: {sentence}")
    print(f"{batches.crashes:6} times a process has crashed")
    print(f"{batches.programs} programs, {len(batches.kinds)} kinds unexplained")
    return bool(batches.kinds)


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
