async def main(a):
    async def other(
        q,
        scope=None,  # twingen: async-only
    ):
        return q

    print(await other(a))

    async def other(x, scope=None):
        return scope

    return await other(a, scope=a)

# ---- refused ----
# 13:18: TW232 dropped_parameter: this may be source.<locals>.other, which has no scope in the twin
#   help: annotate the object with its class, or mark the argument `# twingen: async-only` where it is one
