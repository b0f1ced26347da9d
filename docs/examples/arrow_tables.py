"""An Arrow table into a table of the server, and a query into an Arrow table."""

from __future__ import annotations

import asyncio
import sys

import pyarrow as pa

import pgtwin


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        await conn.execute("CREATE TEMP TABLE cities (name text, people int)")

        # A data frame of polars or pandas can stand here as well.
        table = pa.table(
            {"name": ["Berlin", "Paris"], "people": [3_700_000, 2_100_000]}
        )
        print(await conn.copy_arrow("cities", table))

        # pandas: found.to_pandas(); polars: polars.DataFrame(found)
        found = await conn.fetch_arrow("SELECT name, people / 1000 AS k FROM cities")
        print(found.schema.names, found.num_rows)
        print(found.to_pylist()[0])


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
