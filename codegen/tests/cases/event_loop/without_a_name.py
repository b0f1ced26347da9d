import asyncio


def f(fd):
    asyncio.get_running_loop().add_reader(fd, print)
    return asyncio.get_event_loop()

# ---- refused ----
# 5:5: TW306 event_loop: the running loop is used without a name; a wait in the twin would not notice its readers
#   help: keep it in a variable: `loop = asyncio.get_running_loop()`
# 6:12: TW306 event_loop: the running loop is used without a name; a wait in the twin would not notice its readers
#   help: keep it in a variable: `loop = asyncio.get_running_loop()`
