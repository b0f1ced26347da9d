"""Asks whether tests notice what is wrong: `nox -s mutants`.

A sample of small changes is made, one at a time, in a copy of the project: in the
driver, or in twingen. The tests that execute the changed line are run, the fastest
ones. A change that no test notices is shown. At least 95 of 100 have to be noticed, or
stand in `equivalent.py`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.equivalent import EQUIVALENT
from tests.mutants.knowledge import read, remember, stale
from tests.mutants.lane import BaselineError, Known, Lane, opened
from tests.mutants.mutations import Mutant, sample
from tests.mutants.product import PRODUCTS, Product

ROOT = Path(__file__).resolve().parents[2]
SEED = 13
ENOUGH = 0.95
# Files of tests that one process passes, to know what they execute.
TOGETHER = 3


def main() -> int:
    """Return 1 when too few mutants are killed, 2 when the tests fail without one."""
    parser = argparse.ArgumentParser(prog="nox -s mutants --")
    parser.add_argument("--product", choices=PRODUCTS, default="driver")
    parser.add_argument("--mutants", type=int, default=200)
    parser.add_argument("--skip", type=int, default=0, help="mutants left out before")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", default="", help="part of a module's path")
    parser.add_argument("--lanes", type=int, default=2, help="tested at the same time")
    parser.add_argument("--list", action="store_true", help="show, do not test")
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FILE",
        help="remember there what the tests execute, and do not ask again",
    )
    args = parser.parse_args()
    product = PRODUCTS[args.product]
    mutants = sample(ROOT, product, args.skip + args.mutants, args.seed, args.only)
    del mutants[: args.skip]
    if args.list:
        for number, mutant in enumerate(mutants, args.skip):
            print(f"[{number}] {mutant}\n{mutant.diff()}")
        return 0
    began = time.monotonic()
    with ExitStack() as stack:
        lanes: SimpleQueue[Lane] = SimpleQueue()
        for _ in range(args.lanes):
            lanes.put(stack.enter_context(opened(ROOT, product)))
        pool = ThreadPoolExecutor(args.lanes)
        try:
            known = know(product, pool, lanes, args.keep)
            took = time.monotonic() - began
            print(f"{len(known)} tests without a mutation: {took:.0f} s", flush=True)
            outcomes = list(pool.map(lambda each: test(each, lanes, known), mutants))
        except BaselineError as error:
            print(f"{error}\nthe tests fail without a mutation")
            return 2
        finally:
            # After an interruption the lanes stop what is running.
            pool.shutdown(wait=False, cancel_futures=True)
    print(f"\nall: {time.monotonic() - began:.0f} s")
    return report(product, mutants, outcomes)


def know(
    product: Product,
    pool: ThreadPoolExecutor,
    lanes: SimpleQueue[Lane],
    keep: Path | None,
) -> dict[str, Known]:
    """Return what each test executes: what is remembered, and what has to be asked."""
    kept = read(ROOT, product, keep)
    files = stale(ROOT, product, kept)

    def ask(start: int) -> dict[str, Known]:
        lane = lanes.get()
        some = files[start : start + TOGETHER]
        try:
            try:
                return lane.know(some)
            except BaselineError as error:
                print(f"{error}\nonce more: {' '.join(some)}", flush=True)
                return lane.know(some)
        finally:
            lanes.put(lane)

    try:
        for each in pool.map(ask, range(0, len(files), TOGETHER)):
            kept.update(each)
    finally:
        if keep:
            remember(ROOT, product, keep, kept)
    return kept


def test(mutant: Mutant, lanes: SimpleQueue[Lane], known: dict[str, Known]) -> str:
    """Test a mutant in a lane that is free."""
    lane = lanes.get()
    began = time.monotonic()
    try:
        outcome = lane.test(mutant, known)
    finally:
        lanes.put(lane)
    if outcome.startswith("survived") and mutant.key in EQUIVALENT:
        outcome = "explained"
    print(f"{outcome:9} {time.monotonic() - began:5.0f} s  {mutant}", flush=True)
    return outcome


def report(product: Product, mutants: list[Mutant], outcomes: list[str]) -> int:
    """Print what has become of the mutants, and the survivors."""
    pairs = list(zip(mutants, outcomes, strict=True))
    survivors = [(m, o) for m, o in pairs if o.startswith("survived")]
    kinds = ("killed", "timeout", "survived", "explained")
    print(f"\n{'':24}" + "".join(f"{kind:>10}" for kind in kinds))
    for folder in (*product.parts, ""):
        here = Counter(
            outcome.partition(":")[0]
            for mutant, outcome in pairs
            if f"/{folder}" in mutant.path
        )
        row = "".join(f"{here[kind]:10}" for kind in kinds)
        print(f"{folder or 'all':24}{row}")
    for mutant, outcome in survivors:
        print(f"\n{outcome}: {mutant}\n{mutant.diff()}")
    noticed = 1 - len(survivors) / max(len(pairs), 1)
    print(f"\n{noticed:.1%} of {len(pairs)} mutants killed or explained")
    return int(noticed < ENOUGH)


if __name__ == "__main__":
    sys.exit(main())
