async def p():
    return 2


async def main():
    x = await p()  # type: ignore[misc]
    y = (
        # why
        await p()  # noqa: E501
    )
    z = await (  # first
        # second
        p()
    )
    return (await
        p())

# ---- twin ----

def p():
    return 2


def main():
    x = p()  # type: ignore[misc]
    y = (
        # why
        p()  # noqa: E501
    )
    z = (  # first
        # second
        p()
    )
    return p()
