# needs: httpx
# tasks: turns
"""httpx: a request whose body comes from a generator that other tasks feed."""

import asyncio
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


class Echo(BaseHTTPRequestHandler):
    """Answer with the chunks of a request."""

    def do_POST(self):
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def running():
    with ThreadingHTTPServer(("localhost", 0), Echo) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            yield "http://localhost:%d" % serving.server_port
        finally:
            serving.shutdown()
            thread.join()


async def chunks(queue):
    task = asyncio.current_task()
    while (chunk := await queue.get()) is not None:
        print(task in asyncio.all_tasks(), task.get_name())
        yield chunk


async def fill(queue):
    for chunk in (b"one ", b"two", None):
        await asyncio.sleep(0.01)
        queue.put_nowait(chunk)


async def post(client: httpx.AsyncClient, uri, queue):
    return (await client.post(uri, content=chunks(queue))).text


async def post_by_any(client, uri, queue):
    return (await client.post(uri, content=chunks(queue))).text


async def echoed(send):
    queue = asyncio.Queue()
    with running() as uri:
        async with httpx.AsyncClient(trust_env=False) as client:
            sending = asyncio.create_task(send(client, uri, queue), name="sending")
            await fill(queue)
            print(await sending)


async def example_known_client():
    await echoed(post)


async def example_unknown_client():
    await echoed(post_by_any)


async def example_in_a_loop_of_its_own():
    for send in (post, post_by_any):
        await asyncio.to_thread(lambda: asyncio.run(echoed(send)))
