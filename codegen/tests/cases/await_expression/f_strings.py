async def p():
    return 2


async def main(width):
    return f"{await p()} {await p()!r:>{await p()}} {f'{await p()}'}" f"{width}"

# ---- twin ----

def p():
    return 2


def main(width):
    return f"{p()} {p()!r:>{p()}} {f'{p()}'}" f"{width}"
