"""The standard library and everything installed beside it, passed through `convert`.

Run as a program, it reads every file and prints counts; `test_corpus` reads a
sample. A file that says nothing asynchronous must come out as black alone lays it
out; any other must become a twin that compiles, or be refused.
"""

from __future__ import annotations

import argparse
import ast
import io
import multiprocessing
import re
import sys
import sysconfig
import time
import tokenize
import traceback
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from unittest import mock

from black.mode import Mode

from twingen.conversion.convert import convert
from twingen.diagnostics.diagnostic import ConversionError
from twingen.formatting.black_formatter import format_source
from twingen.formatting.formatter import FormattingError
from twingen.project.workers import collect_rarely

# What a source says that only an asynchronous one means.
_ASYNCHRONOUS = re.compile(
    r"async|[Aa]wait|Async|ASYNC|Coroutine|COROUTINE|iscoroutine|aclos|anyio|trio\b|twingen:"
    r"|__a(?:enter|exit|iter|next)__"
)
# Refusals that say that a file cannot be read, not that it has no twin.
_UNREADABLE = ("TW001", "TW004", "TW005")
# black is asked once where a file and its twin are the same before it lays them out.
_formatted = lru_cache(maxsize=1)(format_source)
PASSED = {
    "unchanged", "converted", "refused", "unreadable", "beyond libcst", "formatter",
    "too deep",
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What became of one file; `detail` says why it did not pass, or what was said."""

    path: Path
    kind: str
    detail: str = ""
    lines: int = 0

    @property
    def passed(self) -> bool:
        return self.kind in PASSED


def files() -> list[Path]:
    """Return the sources of the standard library and of what is installed."""
    library, *installed = [
        Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib", "platlib")
    ]
    found = {
        path for path in library.rglob("*.py") if "site-packages" not in path.parts
    }
    for folder in installed:
        found.update(folder.rglob("*.py"))
    return sorted(found)


def outcome(path: Path) -> Outcome:
    """Convert one file, and say what came of it."""
    try:
        text = _decode(path)
    except (SyntaxError, UnicodeDecodeError) as error:
        return Outcome(path, "unreadable", f"encoding: {type(error).__name__}")
    lines = text.count("\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes, of others
        try:
            kind, detail = _converted(text)
        except Exception:
            kind, detail = "crash", traceback.format_exc(limit=-4)
    return Outcome(path, kind, detail, lines)


def _decode(path: Path) -> str:
    content = path.read_bytes()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    text = content.decode(encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _converted(text: str) -> tuple[str, str]:
    is_async = _ASYNCHRONOUS.search(text) is not None
    try:
        with mock.patch("twingen.formatting.black_formatter.format_source", _formatted):
            twin = convert(text).text
    except ConversionError as error:
        codes = {problem.code for problem in error.diagnostics}
        said = f"{error.diagnostics[0].code}: {error.diagnostics[0].message}"
        if codes == {"TW009"}:
            return "beyond libcst", said
        if codes <= {*_UNREADABLE}:
            if _is_rejected(text):
                return "unreadable", said
            return ("too deep" if codes == {"TW005"} else "not read"), said
        if any("its line" in problem.message for problem in error.diagnostics):
            return "residue", said
        return ("refused" if is_async else "refused though sync"), said
    if not is_async:
        try:
            same = twin == _formatted(text, Mode())
        except FormattingError as error:
            return "formatter", str(error)
        return ("unchanged", "") if same else ("changed though sync", "")
    try:
        ast.parse(twin)
    except SyntaxError as error:
        return "does not compile", str(error)
    return "converted", ""


def _is_rejected(text: str) -> bool:
    """Return whether Python itself does not read a text."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return False


def outcomes(paths: Sequence[Path], processes: int) -> Iterable[Outcome]:
    """Convert many files, in several processes; in no order."""
    if processes == 1:
        yield from map(outcome, paths)
        return
    with multiprocessing.get_context("spawn").Pool(processes, collect_rarely) as pool:
        yield from pool.imap_unordered(outcome, paths, chunksize=4)


def main() -> int:
    """Read everything; return 1 if anything did not pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--every", type=int, default=1, help="read each n-th file only")
    options = parser.parse_args()
    started = time.perf_counter()
    paths = files()[:: options.every]
    kinds: Counter[str] = Counter()
    said: Counter[str] = Counter()
    lines = 0
    for number, found in enumerate(outcomes(paths, options.processes), 1):
        if number % 500 == 0:
            print(f"{number} of {len(paths)} files", file=sys.stderr, flush=True)
        kinds[found.kind] += 1
        lines += found.lines
        if found.kind in ("refused", "residue", "unreadable"):
            said[found.detail.partition(":")[0]] += 1
        if not found.passed or found.kind in ("too deep", "beyond libcst"):
            print(f"{found.kind}: {found.path}\n  {found.detail}", flush=True)
    for kind, count in kinds.most_common():
        print(f"{count:7} {kind}")
    print(
        f"{len(paths):7} files, {lines} lines in {time.perf_counter() - started:.0f} s"
    )
    print("refused with", ", ".join(f"{c} {n}x" for c, n in said.most_common()))
    return 0 if set(kinds) <= PASSED else 1


if __name__ == "__main__":
    sys.exit(main())
