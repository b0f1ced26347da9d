# row: acme.async_conn = acme.conn
# renames: acme.aio.** = acme.sync.**
import acme.aio.pool
import acme.async_conn
from acme import aio
from acme.aio import connect
from acme.aio.pool import Pool
from acme.async_conn import get


async def run():
    async with aio.Session() as session, acme.aio.pool.Pool() as pool:
        await connect(session)
        await acme.async_conn.close()
        return await get(), Pool, pool

# ---- twin ----
# row: acme.async_conn = acme.conn
# renames: acme.aio.** = acme.sync.**
import acme.conn
import acme.sync.pool
from acme import sync
from acme.conn import get
from acme.sync import connect
from acme.sync.pool import Pool


def run():
    with sync.Session() as session, acme.sync.pool.Pool() as pool:
        connect(session)
        acme.conn.close()
        return get(), Pool, pool
