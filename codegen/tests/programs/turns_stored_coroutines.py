# tasks: turns
"""Coroutines that are made in unusual places and kept."""

import asyncio
import collections
import gc
import types
import warnings


async def later(x):
    await asyncio.sleep(0)
    return x


def chosen(flag):
    return later("made") if flag else None


class Owner:
    def __init__(self):
        self.read = 0

    @property
    async def value(self):
        await asyncio.sleep(0)
        self.read += 1
        return self.read


async def example_named_in_a_test():
    if (made := chosen(True)) is not None:
        print(await made)
    if (made := chosen(False)) is not None:
        print("never")


async def example_dropped():
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        later("never")
        gc.collect()
    return [str(each.message) for each in found]


async def example_property():
    owner = Owner()
    made = owner.value
    print(owner.read, await owner.value, await made)
    return await asyncio.gather(owner.value, asyncio.create_task(owner.value))


async def example_property_by_name():
    owner = Owner()
    return await getattr(owner, "value"), owner.read  # noqa: B009


class Number:
    """Its operators hand out coroutines."""

    def __init__(self, number):
        self.number = number

    def __add__(self, other):
        return self._sum(other)

    def __getitem__(self, key):
        return later(self.number * key)

    def __contains__(self, key):
        return key == self.number

    async def _sum(self, other):
        await asyncio.sleep(0)
        return Number(self.number + other.number)


async def example_operators():
    two = Number(2)
    made = two + Number(3)
    print((await made).number, await two[5], 2 in two)
    return [each for each in await asyncio.gather(two[1], two[2])]


class Meta(type):
    async def __call__(cls, *args):
        made = super().__call__(*args)
        await made.begin()
        return made


class Begun(metaclass=Meta):
    def __init__(self, number):
        self.number = number

    async def begin(self):
        await asyncio.sleep(0)
        self.number += 1


class Made:
    async def __new__(cls):
        made = super().__new__(cls)
        await asyncio.sleep(0)
        made.number = 3
        return made


class AlsoMade(Made):
    pass


async def example_constructors():
    numbers = [(await Begun(1)).number, (await Made()).number]
    return numbers, [each.number for each in await asyncio.gather(Begun(5), AlsoMade())]


Route = collections.namedtuple("Route", "path endpoint")


async def example_attributes_set_by_name():
    space = types.SimpleNamespace(first=later)
    space.__dict__["second"] = later
    space.__dict__.update(third=later)
    made = type("Made", (), {"fourth": staticmethod(later)})
    coroutines = [space.first(1), space.second(2), space.third(3), made.fourth(4)]
    coroutines.append(Route("/", later).endpoint(5))
    return await asyncio.gather(*coroutines)
