# side: pkg.is_async() = true
from pkg import is_async


async def fetch(call, client):
    if is_async(client):
        return await call()
    return call(is_async(client.inner))

# ---- twin ----
# side: pkg.is_async() = true


def fetch(call, client):
    return call(False)
