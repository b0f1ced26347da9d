# needs: httpx
"""httpx: clients, streams, transports and authentication."""

import httpx


def answer(request):
    return httpx.Response(200, text=f"one\ntwo\n{request.url.path}")


class Transport(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request):
        body = await request.aread()
        return httpx.Response(201, content=body.upper())

    async def aclose(self):
        print("closed")


class Token(httpx.Auth):
    async def async_auth_flow(self, request):
        request.headers["x-token"] = "secret"
        response = yield request
        print(response.status_code)


async def example_client():
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    response = await client.get("http://example.test/path")
    await response.aread()
    await response.aclose()
    await client.aclose()
    return response.text, client.is_closed


async def example_stream():
    transport = httpx.MockTransport(answer)
    async with httpx.AsyncClient(transport=transport, auth=Token()) as client:
        async with client.stream("GET", "http://example.test/") as response:
            lines = [line async for line in response.aiter_lines()]
        async with client.stream("GET", "http://example.test/") as response:
            return lines, b"".join([part async for part in response.aiter_bytes()])


async def example_own_transport():
    async with httpx.AsyncClient(transport=Transport()) as client:
        response = await client.post("http://example.test/", content=b"body")
        return response.status_code, response.text


async def example_error():
    async def fail(request):
        raise httpx.ConnectError("no answer")

    async with httpx.AsyncClient(transport=httpx.MockTransport(fail)) as client:
        await client.get("http://example.test/")
