# row: acme.Event.wait_timeout = wait
# row: acme.Request.aread = keep
# row: acme.Other.wait_timeout = keep
from acme import Event, Other, Request


class OwnEvent(Event):
    async def again(self):
        return await self.wait_timeout(1)


async def wait(event: Event, request: Request, other: Other):
    await event.wait_timeout(1)
    await other.wait_timeout(1)
    return await request.aread()

# ---- twin ----
# row: acme.Event.wait_timeout = wait
# row: acme.Request.aread = keep
# row: acme.Other.wait_timeout = keep
from acme import Event, Other, Request


class OwnEvent(Event):
    def again(self):
        return self.wait(1)


def wait(event: Event, request: Request, other: Other):
    event.wait(1)
    other.wait_timeout(1)
    return request.aread()
