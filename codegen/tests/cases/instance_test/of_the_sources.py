import inspect
from collections.abc import AsyncIterable, Iterable, Iterator
from contextlib import AbstractContextManager
from functools import singledispatch
from types import GeneratorType
from typing import Protocol, runtime_checkable


@runtime_checkable
class Closable(Protocol):
    async def aclose(self): ...


class Stream:
    async def __aenter__(self): ...

    async def __aexit__(self, *exc): ...

    async def __aiter__(self):
        yield 1


async def numbers():
    yield 1


@singledispatch
def shown(value): ...


@shown.register(AsyncIterable)
def _(value): ...


@shown.register
def _(value: AsyncIterable[int]): ...


def kind(value, stream: Stream, either: int | Stream):
    if isinstance(value, Iterable):
        return 1
    if isinstance(stream, (str, Iterator)) or isinstance(either, Iterable):
        return 2
    if inspect.isgenerator(value) or inspect.isgeneratorfunction(value):
        return 3
    if isinstance(value, AbstractContextManager):
        return 4
    match value:
        case Iterable():
            return 5
    return isinstance(value, GeneratorType), isinstance(value, Closable)

# ---- refused ----
# 31:17: TW114 instance_test: AsyncIterable distinguishes values here; its counterpart in the twin also has values that are not asynchronous
#   help: test what else the value can be, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 36:7: TW114 instance_test: this function is chosen for an asynchronous protocol, whose counterpart in the twin also has values that are not asynchronous
#   help: choose by other classes, or mark it `# twingen: async-only`
# 40:26: TW114 instance_test: Iterable distinguishes values here; asynchronous values of the sources are not of that kind, but their twins are
#   help: annotate the value if it is not asynchronous, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 42:33: TW114 instance_test: Iterator distinguishes values here; asynchronous values of the sources are not of that kind, but their twins are
#   help: annotate the value if it is not asynchronous, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 42:66: TW114 instance_test: Iterable distinguishes values here; asynchronous values of the sources are not of that kind, but their twins are
#   help: annotate the value if it is not asynchronous, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 44:8: TW114 instance_test: inspect.isgenerator distinguishes values here; asynchronous values of the sources are not of that kind, but their twins are
#   help: annotate the value if it is not asynchronous, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 44:38: TW114 instance_test: inspect.isgeneratorfunction distinguishes values here; asynchronous values of the sources are not of that kind, but their twins are
#   help: test it in another way, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 46:26: TW114 instance_test: AbstractContextManager distinguishes values here; asynchronous values of the sources are not of that kind, but their twins are
#   help: annotate the value if it is not asynchronous, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 49:14: TW114 instance_test: Iterable distinguishes values here; asynchronous values of the sources are not of that kind, but their twins are
#   help: annotate the value if it is not asynchronous, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 51:30: TW114 instance_test: GeneratorType distinguishes values here; asynchronous values of the sources are not of that kind, but their twins are
#   help: annotate the value if it is not asynchronous, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 51:64: TW114 instance_test: Closable distinguishes values here; its counterpart in the twin also has values that are not asynchronous
#   help: test what else the value can be, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
