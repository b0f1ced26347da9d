# renames: acme_async.** = acme.**
# renames: aio.** = acme.sync.**
import acme_async
import acme_async.pool
import aio
from acme_async import Client
from acme_async.pool import Pool as AcmePool


async def run():
    await acme_async.connect(Client, AcmePool)
    await aio.connect()
    await acme_async.pool.connect()

# ---- twin ----
# renames: acme_async.** = acme.**
# renames: aio.** = acme.sync.**
import acme
import acme.pool
import acme.sync
from acme import Client
from acme.pool import Pool as AcmePool


def run():
    acme.connect(Client, AcmePool)
    acme.sync.connect()
    acme.pool.connect()
