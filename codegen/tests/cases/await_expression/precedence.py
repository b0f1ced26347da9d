async def p():
    return 2


async def main(q, c):
    a = 1 + await (p() if c else q())
    b = -(await p()) ** 2 + 2 ** await p()
    d = (await p()).real, (await p()).bit_length(), (await q())[0]
    e = not await p() and await p() or await p() in [await p()]
    f = await p() if await p() else await p()
    g = [*(await q()), *await q()], {**(await q())}
    h = (x := await p()) + x
    i = "%s" % (await q(),), await (await q())()
    return a, b, d, e, f, g, h, i

# ---- twin ----

def p():
    return 2


def main(q, c):
    a = 1 + (p() if c else q())
    b = -p() ** 2 + 2 ** p()
    d = p().real, p().bit_length(), q()[0]
    e = not p() and p() or p() in [p()]
    f = p() if p() else p()
    g = [*(q()), *q()], {**(q())}
    h = (x := p()) + x
    i = "%s" % (q(),), q()()
    return a, b, d, e, f, g, h, i
