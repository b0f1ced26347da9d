from collections.abc import Awaitable


def f(call: Awaitable, x):
    return isinstance(x, Awaitable)

# ---- refused ----
# 4:13: TW201 library_name: collections.abc.Awaitable is used as a value here; its twin is known only if it is given its parameter
#   help: write it with its parameter: X[...] in a type, X(...) in code
# 5:26: TW201 library_name: no object of the twin is a collections.abc.Awaitable, so the answer would always be no
#   help: write `if inspect.isawaitable(x): x = await x`, or mark the code `# twingen: async-only`
