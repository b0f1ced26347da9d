import atexit
from collections.abc import AsyncIterable, Iterable
from functools import singledispatch, singledispatchmethod


class Stream:
    async def __aiter__(self):
        yield 1


class Plugins:
    def register(self, kind): ...

    @singledispatchmethod
    def shown(self, value): ...

    def begin(self):
        self.shown.register(Iterable)


@singledispatch
def shown(value): ...


def _shown(value): ...


length = singledispatch(_shown)


@shown.register
def _(value: Iterable[int]): ...


@length.register(AsyncIterable)
def _(value): ...


def fill(plugins: Plugins, anything):
    plugins.register(AsyncIterable)
    anything.register(Iterable)
    atexit.register(AsyncIterable)

# ---- refused ----
# 18:29: TW114 instance_test: Iterable distinguishes values here; asynchronous values of the sources are not of that kind, but their twins are
#   help: annotate the value if it is not asynchronous, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 32:7: TW114 instance_test: this function is chosen for a protocol that asynchronous objects of the sources do not have, but their twins have
#   help: choose by other classes, or mark it `# twingen: async-only`
# 35:18: TW114 instance_test: AsyncIterable distinguishes values here; its counterpart in the twin also has values that are not asynchronous
#   help: test what else the value can be, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
