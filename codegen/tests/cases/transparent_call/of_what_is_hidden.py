# row: pkg.callback = call
from pkg import callback


async def run(functions):
    await callback(*functions)
    await callback(function=functions[0])
    return callback

# ---- refused ----
# 6:11: TW206 transparent_call: this call is replaced by a call of its first argument, which cannot be seen here
#   help: pass the function first, by position
# 7:11: TW206 transparent_call: this call is replaced by a call of its first argument, which cannot be seen here
#   help: pass the function first, by position
# 8:12: TW201 library_name: pkg.callback is used as a value here; its twin is known only if it is called
#   help: call it in place
