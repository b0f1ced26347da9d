async def f(xs, cm):
    async for x in xs:
        print(x)
    else:
        print("end")
    async with cm() as a, cm() as b:
        print(a, b)
    async with (cm() as a, cm()):
        pass

# ---- twin ----

def f(xs, cm):
    for x in xs:
        print(x)
    else:
        print("end")
    with cm() as a, cm() as b:
        print(a, b)
    with cm() as a, cm():
        pass
