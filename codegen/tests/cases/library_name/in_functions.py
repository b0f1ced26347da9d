def f():
    import asyncio
    from asyncio import Event

    return asyncio.Lock(), Event()

# ---- twin ----

import threading


def f():
    from threading import Event

    return threading.Lock(), Event()
