"""Values and queries that hypothesis makes up, the hostile ones first.

A value comes back as it was, an error is one of PEP 249's (or Python's own for
text that no encoding has), and the connection works after.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

import pgtwin
from generated.tests.support import bad_input as sync_inputs
from tests.aio.support import bad_input as async_inputs
from tests.trust.forms import Form
from tests.trust.tally import Tally

TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50
)
HOSTILE = st.sampled_from(
    ["'; DROP TABLE shapes --", '"; --', "\\'", "%s", "%(a)s", "$1", "$$", "/*", "\\."]
)
ANY_TEXT = TEXT | HOSTILE | st.text(max_size=20)
# As a literal the smallest one is no int8: SQL negates what it has cast, -(n::int8).
INT8 = st.integers(1 - 2**63, 2**63 - 1)
TIMES = st.times()
STAMPS = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30))
ZONED = st.datetimes(
    dt.datetime(1, 1, 2),
    dt.datetime(9999, 12, 30),
    timezones=st.just(dt.timezone.utc),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False).filter(
    lambda number: abs(number.adjusted()) < 1000
)
BOUNDS = st.integers(-(2**31), 2**31 - 2)

# More than one message to the server holds.
GIB = 2**30

# The type of the server, and values that it can hold.
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "int8": INT8,
    "numeric": NUMBERS | st.sampled_from([Decimal("NaN"), Decimal("1e-100")]),
    "float8": st.floats(),
    "text": TEXT | HOSTILE,
    "bytea": st.binary(max_size=100),
    "bool": st.booleans(),
    "date": st.dates(),
    "time": TIMES,
    "timestamp": STAMPS,
    "timestamptz": ZONED,
    "interval": st.timedeltas(dt.timedelta(-100000), dt.timedelta(100000)),
    "uuid": st.uuids(),
    "inet": st.ip_addresses(),
    "int8[]": st.lists(st.none() | INT8, max_size=5),
    "text[]": st.lists(st.none() | TEXT | HOSTILE, max_size=5),
    "jsonb": JSON,
    "int4range": st.tuples(BOUNDS, BOUNDS).map(lambda pair: _range(*sorted(pair))),
}

WORDS = "%s %b %t %% % %(a)s %(a %(b)t $1 $2 -- /* */ SELECT 1 , ; {}"
PIECES = st.sampled_from(
    [*WORDS.split(), "'", '"', "\\", "é", " ", "\0", "\ud800"],
)
QUERIES = st.lists(PIECES, max_size=8).map(lambda pieces: "SELECT " + "".join(pieces))
PARAMS = (
    st.none()
    | st.lists(ANY_TEXT | INT8 | st.none(), max_size=3)
    | st.dictionaries(st.sampled_from(["a", "b", "%s"]), ANY_TEXT, max_size=2)
)
CELLS = st.none() | ANY_TEXT | INT8 | st.floats() | st.binary(max_size=5)
SHAPES = st.lists(st.lists(CELLS, max_size=5).map(tuple), max_size=5)
NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1
).filter(lambda name: len(name.encode()) < 64)


def _range(lower: int, upper: int) -> Range[int]:
    # The server writes every empty range the same way.
    return Range(lower, upper, "[)") if lower < upper else Range(empty=True)


def same(found: Any, value: Any) -> bool:
    """Return whether two values are the same, not a number and minus zero included."""
    if isinstance(value, Jsonb):
        value = value.obj
    if type(found) is not type(value) and not isinstance(value, (tuple, list)):
        return isinstance(found, int) and isinstance(value, int) and found == value
    if isinstance(value, (float, Decimal)) and value != value:
        return bool(found != found)
    if isinstance(value, float):
        return found == value and math.copysign(1, found) == math.copysign(1, value)
    return bool(found == value)


class Inputs:
    """Gives one form of the driver everything that hypothesis makes up.

    `again` asks for the same inputs whenever this is run.
    """

    def __init__(
        self, form: Form, dsn: str, examples: int, *, again: bool = False
    ) -> None:
        self._form = form
        self._does: Any = async_inputs if form.name == "async" else sync_inputs
        self._examples = examples
        self._again = again
        self._conn = form.run(self._does.open_connection, dsn)
        self.tally = Tally()

    def close(self) -> None:
        self._form.run(self._does.close_connection, self._conn)

    def values(self, cast: str) -> None:
        """Send values of one type there and back, by each way."""

        def check(value: Any) -> None:
            sent = Jsonb(value) if cast == "jsonb" else value
            for found in self._run(self._does.echoes, sent, cast):
                assert same(found, value), (found, value)

        self._for_all(VALUES[cast], check)

    def queries(self) -> None:
        """Execute queries with odd placeholders and parameters that do not fit."""

        def check(pair: tuple[str, Any]) -> None:
            # Surrogates; parameters of another kind.
            with suppress(UnicodeError, TypeError):
                self._run(self._does.execute, *pair)
            self._run(self._does.usable)

        self._for_all(st.tuples(QUERIES, PARAMS), check)

    def shapes(self, binary: bool) -> None:
        """Copy rows of any shape: all of them, or none."""

        def check(rows: list[tuple[Any, ...]]) -> None:
            assert self._run(self._does.copy, rows, binary) in (0, len(rows))

        self._for_all(SHAPES, check)

    def names(self) -> None:
        """Use any text as a name of a table and its column, and as a literal."""

        def check(pair: tuple[str, str]) -> None:
            assert self._run(self._does.under_the_name, *pair) == pair

        self._for_all(st.tuples(NAMES, TEXT | HOSTILE), check)

    def many_parameters(self) -> None:
        """Send as many parameters as the protocol allows, and one more."""
        for number in (65_535, 65_536):
            query = "SELECT " + ", ".join(["%s::int2"] * 3) + " WHERE 1 = ANY(ARRAY["
            query += ", ".join(["%s::int4"] * (number - 3)) + "])"
            error = self._run(self._does.execute, query, [1] * number)
            assert (error is None) == (number == 65_535), error
            assert error is None or isinstance(error, pgtwin.Error)
            self.tally.add(True)

    def gigabytes(self) -> None:
        """Send more than a message holds: refused, but by COPY."""
        query, row = "SELECT octet_length(%b)", [bytes(GIB)]
        self._refused(self._does.execute, query, row)
        self._refused(self._does.execute_many, query, [[b""], row])
        self._refused(self._does.execute_in_pipeline, query, row)
        row.clear()
        self._refused(self._does.execute, b"SELECT 1 -- " + b" " * GIB, None)
        line = b"1\t" + b"x" * 2**20 + b"\t\n"
        data = line * (GIB // len(line) + 1) + b"0\tthe last\t\n"
        assert self._run(self._does.copy_at_once, data) == 1
        self.tally.add(True)

    def _refused(self, function: Callable[..., Any], *args: Any) -> None:
        error = self._run(function, *args)
        assert isinstance(error, pgtwin.DataError), error
        assert "1 GiB" in str(error)
        self.tally.add(True)

    def _run(self, function: Callable[..., Any], *args: Any) -> Any:
        return self._form.run(function, self._conn, *args)

    def _for_all(self, values: Any, check: Callable[[Any], None]) -> None:
        def counted(value: Any) -> None:
            check(value)
            self.tally.add(True)

        limits: Any = settings(
            max_examples=self._examples,
            derandomize=self._again,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.filter_too_much,
                HealthCheck.data_too_large,
            ],
        )
        given_each: Any = given(values)
        limits(given_each(counted))()
