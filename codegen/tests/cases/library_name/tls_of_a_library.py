# tasks: turns
import asyncio
from asyncio import sslproto


class Server(asyncio.Protocol):
    over: sslproto.SSLProtocol

    def start(self, loop, context):
        waiter = loop.create_future()
        self.over = sslproto.SSLProtocol(loop, self, context, waiter, server_side=True)
        self.transport.set_protocol(self.over)
        self.transport = self.over._app_transport
# ---- twin ----
# tasks: turns

from twin_runtime.turns.protocols import Protocol
from twin_runtime.turns.tls import SSLProtocol


class Server(Protocol):
    over: SSLProtocol

    def start(self, loop, context):
        waiter = loop.create_future()
        self.over = SSLProtocol(loop, self, context, waiter, server_side=True)
        self.transport.set_protocol(self.over)
        self.transport = self.over._app_transport
