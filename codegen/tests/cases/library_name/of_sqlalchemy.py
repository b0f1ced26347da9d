from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite://")
make_session = async_sessionmaker(engine, expire_on_commit=False)


async def names(session: AsyncSession, table):
    result = await session.execute(select(table))
    return result.scalars().all()


async def main(table):
    async with make_session() as session, session.begin():
        await names(session, table)
    await engine.dispose()


# ---- twin ----

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, sessionmaker

engine = create_engine("sqlite://")
make_session = sessionmaker(engine, expire_on_commit=False)


def names(session: Session, table):
    result = session.execute(select(table))
    return result.scalars().all()


def main(table):
    with make_session() as session, session.begin():
        names(session, table)
    engine.dispose()
