from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncEngine


class Store:
    def __init__(self, engine: Engine):
        self.engine = engine


async def count(engine: AsyncEngine):
    async with engine.connect() as connection:
        return await connection.scalar("select 1")

# ---- twin ----
from sqlalchemy.engine import Engine


class Store:
    def __init__(self, engine: Engine):
        self.engine = engine


def count(engine: Engine):
    with engine.connect() as connection:
        return connection.scalar("select 1")
