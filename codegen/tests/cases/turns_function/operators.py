# tasks: turns
class Store:
    async def __getitem__(self, key):
        return await self.load(key)

    async def load(self, key): ...


class Named(Store):
    async def __getitem__(self, key):
        return key, await super().__getitem__(key)


async def read(store):
    return await store["a"]

# ---- twin ----

# tasks: turns

from twin_runtime.turns.dynamic_calls import await_, awaited
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.operator_methods import operator_method


class Store:
    @operator_method
    def __getitem__(self, key):
        return self.load(key)

    @entry
    def load(self, key): ...


class Named(Store):
    @operator_method
    def __getitem__(self, key):
        return key, awaited(super().__getitem__, key)


@entry
def read(store):
    return await_(store["a"])
