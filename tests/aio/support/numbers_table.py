"""The rows of the table that the fixture `numbers` makes."""

from __future__ import annotations

from typing import Any

import pgtwin


async def numbers_in_table(conn: pgtwin.AsyncConnection[Any]) -> list[int]:
    cur = await conn.execute("SELECT n FROM numbers ORDER BY n")
    return [row[0] for row in await cur.fetchall()]
