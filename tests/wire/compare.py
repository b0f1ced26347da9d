"""Holds what the twins say to the server, in every test of the driver, side by side.

Runs the tests of both forms, each connection traced by libpq, and compares the traces
test by test. Prints how many were the same, and every difference that `reasons` does
not explain; ends with 1 if there is one. Arguments after `--` reach pytest.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from fnmatch import fnmatchcase
from itertools import zip_longest
from pathlib import Path

from tests.wire.reasons import REASONS

ROOT = Path(__file__).resolve().parents[2]
SUITES = {"async": "tests/aio", "sync": "generated/tests"}

# What is another number or name in every run; rows of the catalog have five digits, and
# processes five or seven.
VARYING = re.compile(
    r"(?<=pg_temp_)\d+|(?<=pgtwin_)[0-9a-f]{12}|[0-9a-f]{32}|(?<=c_)[0-9a-f]{12}"
    r"|(?<=')\d{5}(?:\d\d)?(?=')"
)


def run(suite: str, folder: Path, arguments: list[str]) -> int:
    """Run the tests of one form; return what pytest does."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.wire.plugin"]
    command += [suite, "--traces", str(folder), "--loop=asyncio", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def traces(folder: Path) -> dict[str, list[str]]:
    """Return what each test has said, connection by connection."""
    found: dict[str, list[str]] = {}
    for test in sorted(folder.iterdir()):
        lines = found.setdefault(test.name, [])
        for path in sorted(test.glob("*.trace")):
            text = path.read_text(encoding="utf-8", errors="replace")
            lines += [path.stem, *VARYING.sub("N", text).splitlines()]
    return found


def parting(written: list[str], generated: list[str]) -> list[str]:
    """Return where two traces part: what comes before, and what each has then."""
    pairs = enumerate(zip_longest(written, generated))
    at = next((n for n, (one, other) in pairs if one != other), 0)
    common = [f"  {line}" for line in written[max(0, at - 2) : at]]
    ours = [f"- {line}" for line in written[at : at + 5]]
    return [*common, *ours, *(f"+ {line}" for line in generated[at : at + 5])]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tests", nargs="*", help="more arguments for pytest")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folders = {form: Path(name, form) for form in SUITES}
        for form, suite in SUITES.items():
            folders[form].mkdir()
            if run(suite, folders[form], options.tests):
                return 1
        written, generated = (traces(folder) for folder in folders.values())
    both = sorted(written.keys() & generated.keys())
    talking = [test for test in both if written[test] or generated[test]]
    differ = [test for test in talking if written[test] != generated[test]]
    unlike, explained = [], 0
    for test in differ:
        lines = written[test], generated[test]
        fitting = [why for p, why in REASONS.items() if fnmatchcase(test, p)]
        if any(why.same(lines[0]) == why.same(lines[1]) for why in fitting):
            explained += 1
        else:
            unlike.append(test)
            why = fitting[0].same if fitting else list
            print(f"\n{test}", *parting(why(lines[0]), why(lines[1])), sep="\n")
    idle = [p for p in REASONS if not any(fnmatchcase(test, p) for test in differ)]
    messages = sum(len(written[test]) for test in talking)
    print(f"{len(talking)} tests talk with the server, in {messages:,} messages:")
    same = len(talking) - len(differ)
    print(
        f"{same} the same in both forms, {explained} but for what chance decides, "
        f"{len(unlike)} not"
    )
    for pattern in idle:
        print(f"note: {pattern} explained nothing in this run")
    return int(bool(unlike) or not talking)


if __name__ == "__main__":
    sys.exit(main())
