import asyncio


async def main(): ...


asyncio.run(main(), loop_factory=main)
asyncio.run(main)
run = asyncio.run

# ---- refused ----
# 7:1: TW206 transparent_call: this call is replaced by its argument, which must be one coroutine call
#   help: pass the coroutine call as the only argument
# 8:1: TW206 transparent_call: this call is replaced by its argument, which must be one coroutine call
#   help: pass the coroutine call as the only argument
# 9:7: TW201 library_name: asyncio.run is used as a value here; its twin is known only if it is given its parameter
#   help: write it with its parameter: X[...] in a type, X(...) in code
