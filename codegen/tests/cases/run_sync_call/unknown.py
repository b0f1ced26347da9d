from sqlalchemy.ext.asyncio import AsyncConnection


async def create(conn, known: AsyncConnection, f):
    await conn.run_sync(f)
    known.run_sync(f)
    await known.run_sync(*f)

# ---- refused ----
# 5:11: TW317 run_sync_call: nothing shows that this is run_sync() of a connection or a session
#   help: annotate the value as AsyncConnection or AsyncSession
# 6:5: TW317 run_sync_call: run_sync() is not awaited here
#   help: await it in place
# 7:11: TW317 run_sync_call: the function to call is not the first argument
#   help: write `conn.run_sync(function, ...)`
