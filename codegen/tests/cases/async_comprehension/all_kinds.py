async def f(xs, g):
    a = [x async for x in xs]
    b = {x async for x in xs if await g(x)}
    c = {x: await g(x) async for x in xs}
    d = (x async for x in xs for y in x)
    return a, b, c, d

# ---- twin ----

def f(xs, g):
    a = [x for x in xs]
    b = {x for x in xs if g(x)}
    c = {x: g(x) for x in xs}
    d = (x for x in xs for y in x)
    return a, b, c, d
