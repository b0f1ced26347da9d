"""Ask a question through SQLAlchemy."""

from __future__ import annotations

import asyncio
import sys

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import create_async_engine

from pgtwin.conninfo import conninfo_to_dict


def url_of(dsn: str) -> URL:
    """Return a connection string of libpq as SQLAlchemy writes it."""
    parameters = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
    return URL.create("postgresql+pgtwin", query=parameters)


async def main(dsn: str) -> None:
    engine = create_async_engine(url_of(dsn))
    async with engine.connect() as conn:
        print(await conn.scalar(text("SELECT 'at ' || :place"), {"place": "work"}))
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
