# tasks: turns
import asyncio


class Client:
    async def get(self):
        return [1]

    def ask(self, value=None):
        return self.get() if value is None else value


async def use(client: Client, asked):
    client.ask()
    client.ask().close()
    if client.ask(1) or not client.ask(2):
        print(str(client.ask(3)), f"{client.ask(4)}", client.ask(5) is None)
    # A coroutine can be none of these.
    print(len(client.ask([6])), *client.ask([7]), client.ask([8])[0] + client.ask(9))
    for each in client.ask([10]):
        print(each)

# ---- twin ----
# tasks: turns

from twin_runtime.turns.dynamic_calls import later, returns_awaitable
from twin_runtime.turns.entry_points import entry


class Client:
    @entry
    def get(self):
        return [1]

    @returns_awaitable
    def ask(self, value=None):
        return later(self.get) if value is None else value


@entry
def use(client: Client, asked):
    later(client.ask)
    later(client.ask).close()
    if later(client.ask, 1) or not later(client.ask, 2):
        print(
            str(later(client.ask, 3)),
            f"{later(client.ask, 4)}",
            later(client.ask, 5) is None,
        )
    # A coroutine can be none of these.
    print(len(client.ask([6])), *client.ask([7]), client.ask([8])[0] + client.ask(9))
    for each in client.ask([10]):
        print(each)
