# renames: Async* = *
# method: AsyncClient.async_* = *
import re

TABLE = {"client": "AsyncClient"}
KINDS = {}


class AsyncClient:
    def __init_subclass__(cls):
        KINDS[cls.__name__.lower()] = cls
        KINDS[cls.__name__[5:]] = cls

    async def async_get(self): ...

    def call(self, op):
        getattr(self, "async_" + op)()
        getattr(self, f"async_{op}")()
        getattr(self, "async_%s" % op)()
        getattr(self, "async_{}".format(op))()


class Proxy:
    def __init__(self, inner):
        for name in ("asend", "close"):
            setattr(self, name, getattr(inner, name))


def find(key, cls):
    globals()[TABLE[key]]
    globals().get("Async" + key)
    re.match("Async(.*)", cls.__name__)
    eval("AsyncClient()")
    exec("await f()")
    return [n for n in globals() if n.startswith(("Async", "Other"))]


def __getattr__(name):
    if name.startswith("Async"):
        return find(name, None)
    raise AttributeError(name)

# ---- refused ----
# 5:20: TW235 computed_name: AsyncClient is looked up by its name, which is Client in the twin
#   help: keep the object itself instead of its name
# 11:15: TW235 computed_name: this key is made from the name of a class, which may be different in the twin
#   help: give the classes an attribute that is the same on both sides, or mark the code `# twingen: async-only`
# 12:15: TW235 computed_name: this takes apart the name of a class, such as AsyncClient, which is Client in the twin
#   help: give the classes an attribute that is the same on both sides, or mark the code `# twingen: async-only`
# 17:9: TW235 computed_name: this may make the name async_get, which is get in the twin
#   help: choose among the objects themselves, by a table or by branches
# 18:9: TW235 computed_name: this may make the name async_get, which is get in the twin
#   help: choose among the objects themselves, by a table or by branches
# 19:9: TW235 computed_name: this may make the name async_get, which is get in the twin
#   help: choose among the objects themselves, by a table or by branches
# 20:9: TW235 computed_name: this may make the name async_get, which is get in the twin
#   help: choose among the objects themselves, by a table or by branches
# 25:22: TW235 computed_name: asend is looked up by its name, which is send in the twin
#   help: keep the object itself instead of its name
# 31:5: TW235 computed_name: this may make the name AsyncClient, which is Client in the twin
#   help: choose among the objects themselves, by a table or by branches
# 32:5: TW235 computed_name: this looks for Async in names: AsyncClient contains it, and is Client in the twin
#   help: give the classes an attribute that is the same on both sides, or mark the code `# twingen: async-only`
# 33:10: TW235 computed_name: this code in a string has AsyncClient, and code in strings is not converted
#   help: write it as code, or mark it `# twingen: async-only`
# 34:10: TW235 computed_name: this code in a string has what waits, and code in strings is not converted
#   help: write it as code, or mark it `# twingen: async-only`
# 35:37: TW235 computed_name: this looks for Async in names: AsyncClient contains it, and is Client in the twin
#   help: give the classes an attribute that is the same on both sides, or mark the code `# twingen: async-only`
# 39:8: TW235 computed_name: this looks for Async in names: AsyncClient contains it, and is Client in the twin
#   help: give the classes an attribute that is the same on both sides, or mark the code `# twingen: async-only`
