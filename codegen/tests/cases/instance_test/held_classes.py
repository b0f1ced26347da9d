import operator
from collections.abc import AsyncIterable, Iterable

KINDS = (list, AsyncIterable)
MANY: tuple[type, ...] = (list, Iterable)


class Stream:
    async def __aiter__(self):
        yield 1


class Base:
    def is_many(self):
        return isinstance(self, Iterable)


class Derived(Base, Stream): ...


def kind(value, wanted=AsyncIterable):
    if isinstance(value, KINDS) or issubclass(type(value), Iterable):
        return 1
    if any(isinstance(value, each) for each in (dict, Iterable)):
        return 2
    ask = isinstance
    return ask(value, MANY), isinstance(value, wanted)


def check(value):
    assert isinstance(value, MANY)


def many(value, number: int):
    try:
        return iter(value), iter(number)
    except TypeError:
        return iter(value)
# ---- refused ----
# 15:33: TW114 instance_test: Iterable distinguishes values here; asynchronous values of the sources are not of that kind, but their twins are
#   help: annotate the value if it is not asynchronous, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 22:26: TW114 instance_test: the name KINDS holds AsyncIterable, which distinguishes values here, and may have another result in the twin
#   help: write the classes in the test itself, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 22:60: TW114 instance_test: Iterable distinguishes values here; asynchronous values of the sources are not of that kind, but their twins are
#   help: annotate the value if it is not asynchronous, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 24:30: TW114 instance_test: the name each holds Iterable, which distinguishes values here, and may have another result in the twin
#   help: write the classes in the test itself, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 27:23: TW114 instance_test: the name MANY holds Iterable, which distinguishes values here, and may have another result in the twin
#   help: write the classes in the test itself, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 27:48: TW114 instance_test: the name wanted holds AsyncIterable, which distinguishes values here, and may have another result in the twin
#   help: write the classes in the test itself, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 36:16: TW114 instance_test: the TypeError of iter() distinguishes values here; asynchronous values of the sources cannot be iterated over, but their twins can
#   help: annotate the value if it is not asynchronous, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
