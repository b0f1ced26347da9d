"""What the shop knows of its data: written once, used by the service and the admin."""

from __future__ import annotations

from typing import Any, NamedTuple

import pgtwin
from pgtwin import errors
from pgtwin.rows import class_row


class Item(NamedTuple):
    """Something on the shelf."""

    name: str
    stock: int


class SoldOutError(Exception):
    """There is not as much of it as was asked for."""


class AsyncShop:
    """The shelf of a shop, through one connection."""

    def __init__(self, conn: pgtwin.AsyncConnection[Any]) -> None:
        self._conn = conn

    async def create(self) -> None:
        """Make the table, if it is not there."""
        await self._conn.execute(
            "CREATE TABLE IF NOT EXISTS items ("
            " name text PRIMARY KEY, stock int NOT NULL CHECK (stock >= 0))"
        )

    async def items(self) -> list[Item]:
        """Return what there is, by name."""
        cur = self._conn.cursor(row_factory=class_row(Item))
        await cur.execute("SELECT name, stock FROM items ORDER BY name")
        return await cur.fetchall()

    async def deliver(self, name: str, number: int) -> None:
        """Put something on the shelf."""
        await self._conn.execute(
            "INSERT INTO items VALUES (%s, %s)"
            " ON CONFLICT (name) DO UPDATE SET stock = items.stock + excluded.stock",
            (name, number),
        )

    async def sell(self, name: str, number: int) -> int:
        """Take something from the shelf and return how much is left.

        Raises `SoldOutError`, after which the transaction can only be rolled back.
        """
        query = (
            "UPDATE items SET stock = stock - %s WHERE name = %s RETURNING items.stock"
        )
        try:
            cur = await self._conn.execute(query, (number, name))
        except errors.CheckViolation:
            raise SoldOutError(name) from None
        async for (left,) in cur:
            return int(left)
        raise SoldOutError(name)
