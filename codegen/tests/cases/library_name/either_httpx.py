try:
    import httpx2 as httpx
except ImportError:
    import httpx


async def fetch(client: "httpx.AsyncClient", url):
    async with client.stream("GET", url) as response:
        async for line in response.aiter_lines():
            print(line)
    return await httpx.AsyncClient().get(url)

# ---- twin ----
try:
    import httpx2 as httpx
except ImportError:
    import httpx


def fetch(client: "httpx.Client", url):
    with client.stream("GET", url) as response:
        for line in response.iter_lines():
            print(line)
    return httpx.Client().get(url)
