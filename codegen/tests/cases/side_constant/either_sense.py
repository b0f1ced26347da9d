# side: source._IS_SYNC = false
# side: pkg.**._HAS_THREADS = false
from pkg.deep.inside import _HAS_THREADS

_IS_SYNC = False


async def fetch(call, where="sync" if _IS_SYNC else "async"):
    if _IS_SYNC:
        return call()
    elif _HAS_THREADS:
        return call(1)
    if not _IS_SYNC:
        return await call()
    return call(_IS_SYNC, threads=not _HAS_THREADS)

# ---- twin ----
# side: source._IS_SYNC = false
# side: pkg.**._HAS_THREADS = false


def fetch(call, where="sync" if True else "async"):
    return call()
    return call(True, threads=False)
