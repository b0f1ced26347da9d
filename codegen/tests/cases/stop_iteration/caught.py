import itertools
from contextlib import suppress


class Rows:
    def __init__(self, rows):
        self.rows = rows
        self.numbers = itertools.count()

    def __next__(self):
        raise StopIteration

    async def rest(self):
        def stop():
            raise StopIteration

        try:
            return next(self.rows), next(self.numbers)
        except StopIteration:
            raise ValueError from None

    async def first(self, values):
        with suppress(StopIteration):
            raise StopIteration
        try:
            raise StopIteration
        except Exception:
            return next(values), next(values, None)


async def each(values):
    yield next(values)
    raise StopIteration

# ---- twin ----

import itertools
from contextlib import suppress


class Rows:
    def __init__(self, rows):
        self.rows = rows
        self.numbers = itertools.count()

    def __next__(self):
        raise StopIteration

    def rest(self):
        def stop():
            raise StopIteration

        try:
            return next(self.rows), next(self.numbers)
        except StopIteration:
            raise ValueError from None

    def first(self, values):
        with suppress(StopIteration):
            raise StopIteration
        try:
            raise StopIteration
        except Exception:
            return next(values), next(values, None)


def each(values):
    yield next(values)
    raise StopIteration
