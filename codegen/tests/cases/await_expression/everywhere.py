import functools


async def p(x=None):
    return x


def decorate(x):
    return lambda function: function


async def main(xs):
    @decorate(await p())
    def inner(x=await p(1)): ...

    default = lambda x=await p(2): x
    assert await p(1), await p("message")
    del xs[await p(0)]
    xs[await p(0) : await p(1)] = await p([])
    while await p():
        pass
    match await p(3):
        case 3 if await p(4):
            raise ValueError(await p()) from await p()
    if (y := await p(5)) and await p(y):
        return [await p(x) for x in xs if await p(x)]
    return inner, default

# ---- twin ----

import functools


def p(x=None):
    return x


def decorate(x):
    return lambda function: function


def main(xs):
    @decorate(p())
    def inner(x=p(1)): ...

    default = lambda x=p(2): x
    assert p(1), p("message")
    del xs[p(0)]
    xs[p(0) : p(1)] = p([])
    while p():
        pass
    match p(3):
        case 3 if p(4):
            raise ValueError(p()) from p()
    if (y := p(5)) and p(y):
        return [p(x) for x in xs if p(x)]
    return inner, default
