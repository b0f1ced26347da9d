from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncSession,
    create_async_engine,
)


async def create(url, metadata, session: AsyncSession):
    engine = create_async_engine(url)
    async with engine.begin() as conn:
        await conn.run_sync(metadata.create_all, checkfirst=False)
    async with AsyncSession(engine) as other:
        await other.run_sync(lambda sync: sync.flush())
    return await session.run_sync(count, "x")


def count(session, name): ...

# ---- twin ----

from sqlalchemy import create_engine
from sqlalchemy.orm import Session


def create(url, metadata, session: Session):
    engine = create_engine(url)
    with engine.begin() as conn:
        metadata.create_all(conn, checkfirst=False)
    with Session(engine) as other:
        (lambda sync: sync.flush())(other)
    return count(session, "x")


def count(session, name): ...
