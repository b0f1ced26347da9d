import httpx
from httpx import AsyncBaseTransport


class Transport(AsyncBaseTransport):
    async def handle_async_request(self, request):
        return httpx.Response(200, content=await request.aread())

    async def aclose(self): ...


async def fetch(url):
    async with httpx.AsyncClient(transport=Transport()) as client:
        response = await client.get(url)
        async with client.stream("GET", url) as streamed:
            async for line in streamed.aiter_lines():
                print(line)
        await client.aclose()
    return response.text

# ---- twin ----

import httpx
from httpx import BaseTransport


class Transport(BaseTransport):
    def handle_request(self, request):
        return httpx.Response(200, content=request.read())

    def close(self): ...


def fetch(url):
    with httpx.Client(transport=Transport()) as client:
        response = client.get(url)
        with client.stream("GET", url) as streamed:
            for line in streamed.iter_lines():
                print(line)
        client.close()
    return response.text
