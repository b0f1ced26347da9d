import asyncio


async def f(address, callback):
    loop = asyncio.get_running_loop()
    await loop.getnameinfo(address)
    loop.call_soon_threadsafe(callback)
    hand_over = loop.call_soon_threadsafe
    later = loop.sock_recv(address, 1)
    timer = loop.call_later(1, callback)
    timer.unheard_of()

# ---- refused ----
# 6:11: TW307 loop_method: socket.getnameinfo() must be given its flags
#   help: write `loop.getnameinfo(address, 0)`
# 7:5: TW307 loop_method: call_soon_threadsafe() makes a callback run in the loop's thread, and the twin calls it here
#   help: pass the set() of an event, the put_nowait() of a queue, or what settles a future
# 8:17: TW307 loop_method: call_soon_threadsafe() makes a callback run in the loop's thread, and the twin calls it here
#   help: pass the set() of an event, the put_nowait() of a queue, or what settles a future
# 9:13: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
# 11:5: TW211 member_name: unheard_of of asyncio.TimerHandle has no sync twin: the timer of the twin has no such member
#   help: mark the code `# twingen: async-only`
