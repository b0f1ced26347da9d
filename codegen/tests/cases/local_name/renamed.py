# local: aclient = client
# local: async_* = *
from functools import partial


class Api:
    def __init__(self, aclient, *, async_pool=None):
        self.aclient = aclient
        self.pool = async_pool

    @classmethod
    def make(cls, aclient):
        """Make one of aclient."""
        return cls(aclient=aclient, async_pool=None)

    async def fetch(self, url, aclient=None):
        aclient = aclient or self.aclient

        def retry(aclient=aclient):
            return aclient, [async_part for async_part in url]

        return await self.send(url, aclient=aclient), retry(aclient=None)

    async def send(self, url, aclient): ...


class Sub(Api):
    def __init__(self, *args, async_pool=None, **options):
        super().__init__(*args, async_pool=async_pool)
        self.options = options


async def main(api: Api, other):
    async with open_all() as async_all:
        async_all.aclient = {"aclient": f"{async_all}"}
    call = partial(api.fetch, "x", aclient=None)
    await api.fetch("x", aclient=async_all)
    match other:
        case {"aclient": aclient}:
            print(aclient)
    return call, Api(aclient=1), other.fetch("x"), other.any(aclient=2)


aclient = 1


def reads():
    global aclient
    aclient = 2
    return aclient
# ---- twin ----
# local: aclient = client
# local: async_* = *
from functools import partial


class Api:
    def __init__(self, client, *, pool=None):
        self.aclient = client
        self.pool = pool

    @classmethod
    def make(cls, client):
        """Make one of aclient."""
        return cls(client=client, pool=None)

    def fetch(self, url, client=None):
        client = client or self.aclient

        def retry(client=client):
            return client, [part for part in url]

        return self.send(url, client=client), retry(client=None)

    def send(self, url, client): ...


class Sub(Api):
    def __init__(self, *args, pool=None, **options):
        super().__init__(*args, pool=pool)
        self.options = options


def main(api: Api, other):
    with open_all() as all:
        all.aclient = {"aclient": f"{all}"}
    call = partial(api.fetch, "x", client=None)
    api.fetch("x", client=all)
    match other:
        case {"aclient": client}:
            print(client)
    return call, Api(client=1), other.fetch("x"), other.any(aclient=2)


aclient = 1


def reads():
    global aclient
    aclient = 2
    return aclient
