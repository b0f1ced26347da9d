# tasks: turns
import logging


class Cache:
    def __init__(self, given: dict[str, int] | None = None):
        self.values = given or {}
        self.names = []
        self.log = logging.getLogger("cache")

    async def get(self, key): ...

    async def split(self): ...

    async def info(self): ...

    def look(self, key, other, **options):
        self.log.info("look")
        found = [self.values.get(key), options.get(key), "a b".split(), other.get(key)]
        return found

# ---- twin ----

# tasks: turns
import logging

from twin_runtime.turns.dynamic_calls import later
from twin_runtime.turns.entry_points import entry, guarded


class Cache:
    def __init__(self, given: dict[str, int] | None = None):
        self.values = given or {}
        self.names = []
        self.log = logging.getLogger("cache")

    @entry
    def get(self, key): ...

    @entry
    def split(self): ...

    @entry
    def info(self): ...

    @guarded
    def look(self, key, other, **options):
        self.log.info("look")
        found = [
            self.values.get(key),
            options.get(key),
            "a b".split(),
            later(other.get, key),
        ]
        return found
