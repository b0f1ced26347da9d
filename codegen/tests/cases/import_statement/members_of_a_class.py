"""What the body of a class imports is its attribute; what it looks up may go."""

import asyncio
import json


class Client:
    from asyncio import Lock
    import asyncio
    import json

    lock = asyncio.Lock()

    def dumps(self, value):
        return self.json.dumps(value)

    def made(self):
        return type(self).Lock()


async def main():
    await asyncio.sleep(1)
    return json

# ---- twin ----

"""What the body of a class imports is its attribute; what it looks up may go."""

import json
import threading
import time


class Client:
    from threading import Lock
    import json

    lock = threading.Lock()

    def dumps(self, value):
        return self.json.dumps(value)

    def made(self):
        return type(self).Lock()


def main():
    time.sleep(1)
    return json
