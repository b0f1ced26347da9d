import time


class asyncio:
    Lock = 3

    @staticmethod
    def sleep(x):
        return x


def sleep(x):
    return x


def f(Event, **kwargs):
    time.asyncio = 1
    return sleep(1), asyncio.sleep(2), asyncio.Lock, Event, kwargs.asyncio.Lock
