async def f(a, /, b: int = 1, *args, c=2, **kwargs) -> int:
    return a


class A:
    x = 1

    @property
    async def p(self): return 1

    @staticmethod
    async def s(): ...

    @classmethod
    async def c(cls): await cls.s()


async def generator():
    received = yield 1
    yield received

# ---- twin ----

def f(a, /, b: int = 1, *args, c=2, **kwargs) -> int:
    return a


class A:
    x = 1

    @property
    def p(self):
        return 1

    @staticmethod
    def s(): ...

    @classmethod
    def c(cls):
        cls.s()


def generator():
    received = yield 1
    yield received
