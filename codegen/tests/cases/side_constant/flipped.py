# side: source._IS_SYNC = False to True
_IS_SYNC = False


async def fetch(call):
    if _IS_SYNC:
        return call(_IS_SYNC)
    return await call()

# ---- twin ----
# side: source._IS_SYNC = False to True
_IS_SYNC = True


def fetch(call):
    if _IS_SYNC:
        return call(_IS_SYNC)
    return call()
