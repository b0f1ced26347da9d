async def p():
    return 2


async def main():
    x = await(p())
    return await(p)()

# ---- twin ----

def p():
    return 2


def main():
    x = p()
    return (p)()
