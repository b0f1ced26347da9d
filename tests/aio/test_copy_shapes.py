"""Rows that do not fit the types that were set for a binary COPY."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e

Usable = Callable[[pgtwin.AsyncConnection[Any]], Awaitable[None]]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        # The second row goes to psycopg alone, which crashed the process.
        ([(1, "a", "b"), (2, "a", "b", "c")], "4 values, but types were set for 3"),
        ([[1, "a", "b", "c"]], "4 values, but types were set for 3"),
        ([(1, "a")], "2 values, but types were set for 3"),
    ],
)
async def test_rows_that_do_not_fit(
    conn: pgtwin.AsyncConnection[Any],
    usable: Usable,
    rows: Sequence[Sequence[Any]],
    said: str,
) -> None:
    await conn.execute("CREATE TEMP TABLE shapes (a int, b text, c text)")
    await conn.commit()
    with pytest.raises(e.DataError, match=said):
        async with conn.cursor().copy("COPY shapes FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["int4", "text", "text"])
            await copy.write_rows(rows)
    await usable(conn)
    cur = await conn.execute("SELECT count(*) FROM shapes")
    assert await cur.fetchone() == (0,)
