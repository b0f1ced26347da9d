"""Objects of the native core that threads share: with a GIL, and without.

Without it (free-threaded Python) an object that is not locked where it must be is freed
while another thread reads it, and the process dies.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from psycopg.adapt import Transformer

pytest.importorskip("pgtwin_native", reason="the native core is not installed")
core: Any = pytest.importorskip("pgtwin.core.engine.native_engine")
rows: Any = pytest.importorskip("tests.fuzz.rows")
native = core.pgtwin_native

THREADS = 4
ROUNDS = 1000


def at_once(work: Callable[[int], None]) -> None:
    """Run something in threads that start together; raise what one of them raises."""
    start = threading.Barrier(THREADS)
    raised: list[BaseException] = []

    def run(number: int) -> None:
        start.wait()
        try:
            work(number)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(each,)) for each in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []


def test_rows_of_results_that_change() -> None:
    """Each row is one of some result's, whoever has set which result meanwhile."""
    text, form = rows.TYPES["text"].oid, rows.pq.Format.TEXT
    results = [
        rows.made_of([(text, form)], [[b"%d/%d" % (number, row)] for row in range(3)])
        for number in range(THREADS)
    ]
    loader = core.NativeRowLoader(Transformer())
    loader.set_pgresult(results[0])
    expected = [[(f"{number}/{row}",) for row in range(3)] for number in range(THREADS)]

    def work(number: int) -> None:
        for each in range(ROUNDS):
            if each % 3 == 0:
                loader.set_pgresult(results[number])
            assert loader.load_rows(0, 3, tuple) in expected
            assert loader.load_row(1, tuple)[0].endswith("/1")

    at_once(work)


def test_results_of_other_columns() -> None:
    """The columns that a loader has found are freed while others read by them."""
    form = rows.pq.Format.TEXT
    names = ("int4", "text", "float8", "bool")
    results = [
        rows.made_of([(rows.TYPES[name].oid, form)], [[b"1"]] * 3) for name in names
    ]
    loader = core.NativeRowLoader(Transformer())
    loader.set_pgresult(results[0])

    def work(number: int) -> None:
        for each in range(ROUNDS):
            loader.set_pgresult(results[(number + each) % len(results)])
            assert loader.load_rows(0, 3, tuple)[2] in [(1,), ("1",), (1.0,), (False,)]

    at_once(work)


def test_rows_of_a_copy() -> None:
    """Threads that write rows of one COPY learn its types together."""
    codes = native.CODES
    known = {int: "INT", str: "STRING", float: "FLOAT", bool: "BOOL"}
    values = [(1, "a"), ("b\t", 2.5), (True, 4), (0.5, "\xe9")]
    expected = [b"1\ta\n", b"b\\t\t2.5\n", b"t\t4\n", b"0.5\t\xc3\xa9\n"]
    formatters = [
        native.CopyFormatter(
            lambda place, kind: (codes[known[kind]], None), lambda row: b"?\n", False
        )
        for _ in range(ROUNDS)
    ]

    def work(number: int) -> None:
        for formatter in formatters:
            for row in values:
                formatter.add(row)
            formatter.set_width(0)

    at_once(work)
    for formatter in formatters:
        lines = formatter.take().splitlines(keepends=True)
        # What is not there was given to dump_row(): another thread made it forget.
        assert set(lines) <= {*expected, b"?\n"}
        assert len(lines) == len(values) * THREADS
