import asyncio


def f(fd):
    asyncio.get_running_loop().add_reader(fd, print)
    return asyncio.get_event_loop()

# ---- refused ----
# 5:5: TW306 event_loop: the running loop is used without a name; its readers and waits would not meet in the twin
#   help: keep it: `loop = asyncio.get_running_loop()`
# 6:12: TW306 event_loop: the running loop is used without a name; its readers and waits would not meet in the twin
#   help: keep it: `loop = asyncio.get_running_loop()`
