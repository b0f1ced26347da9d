"""What the shopkeeper types: `python -m generated.examples.shop.admin --help`."""

from __future__ import annotations

import argparse
import asyncio
import sys

import pgtwin

from .data import AsyncShop, SoldOutError


async def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="admin", description="Mind the shelf.")
    parser.add_argument("--dsn", default="", help="conninfo of the database")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("create", help="make the table")
    commands.add_parser("items", help="list what there is")
    for name in ("deliver", "sell"):
        command = commands.add_parser(name, help=f"{name} an item")
        command.add_argument("item")
        command.add_argument("number", type=int)
    options = parser.parse_args(arguments)

    async with pgtwin.AsyncConnection.connect(options.dsn) as conn:
        shop = AsyncShop(conn)
        if options.command == "create":
            await shop.create()
        elif options.command == "items":
            for item in await shop.items():
                print(f"{item.stock:6} {item.name}")
        elif options.command == "deliver":
            await shop.deliver(options.item, options.number)
        else:
            try:
                left = await shop.sell(options.item, options.number)
            except SoldOutError as error:
                print(f"not enough {error}", file=sys.stderr)
                return 1
            print(f"{left} left")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
