import anyio


async def wait(
    delay,
    scope=None,  # twingen: async-only
    *,
    loop=None,  # twingen: async-only
):
    return delay


class Client:
    def __init__(
        self,
        loop,  # twingen: async-only
        name="",
    ):
        self.name = name

    async def send(
        self,
        data,
        scope: "anyio.CancelScope | None" = None,  # twingen: async-only
    ):
        return await self.send(data, None)

    @staticmethod
    def make(
        loop,  # twingen: async-only
        name,
    ):
        return Client(loop, name)

    @classmethod
    def of(
        cls,
        name,
        loop,  # twingen: async-only
    ):
        return cls.make(loop, name)


class Special(Client):
    def __init__(self, loop, name):  # twingen: async-only
        super().__init__(loop, name)

    async def send(self, data):
        return await super().send(data, scope=self.name)


async def use(loop, client: Client):
    await wait(1, loop)
    await wait(1, loop=None, scope=loop)
    await wait(
        1,
        loop,
    )
    await client.send(b"", loop)
    await Client(loop=loop).send(b"")
    special = Special(loop, "x")
    await special.send(b"")
    await wait(
        2,
        scope=anyio.CancelScope(),  # twingen: async-only
    )
    Client.make(loop, "y")
    Client.of("y", loop)

    def inner(
        a,
        loop,  # twingen: async-only
    ):
        return a

    return inner(1, loop)

# ---- twin ----
def wait(
    delay,
):
    return delay


class Client:
    def __init__(
        self,
        name="",
    ):
        self.name = name

    def send(
        self,
        data,
    ):
        return self.send(data)

    @staticmethod
    def make(
        name,
    ):
        return Client(name)

    @classmethod
    def of(
        cls,
        name,
    ):
        return cls.make(name)


class Special(Client):

    def send(self, data):
        return super().send(data)


def use(loop, client: Client):
    wait(1)
    wait(1)
    wait(
        1,
    )
    client.send(b"")
    Client().send(b"")
    special = Special("x")
    special.send(b"")
    wait(
        2,
    )
    Client.make("y")
    Client.of("y")

    def inner(
        a,
    ):
        return a

    return inner(1)
