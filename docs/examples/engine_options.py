"""Give an engine the options that only this driver has."""

from __future__ import annotations

import asyncio
import sys

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from pgtwin.conninfo import conninfo_to_dict


async def main(dsn: str) -> None:
    engine = create_async_engine(
        "postgresql+pgtwin://",
        connect_args={
            **conninfo_to_dict(dsn),
            "connect_timeout": 30,  # seconds for each host
            "target_session_attrs": "read-write",
            "command_timeout": 0.2,  # seconds for each statement
            "prepare_threshold": None,  # no prepared statements
        },
    )
    try:
        async with engine.connect() as conn:
            await conn.execute(text("SELECT pg_sleep(600)"))
    except OperationalError as error:
        print(type(error.orig).__name__, error.orig, sep=": ")
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
