class Client:
    async def send(
        self,
        data,
        scope=None,  # twingen: async-only
    ): ...


async def use(client: Client, unknown, many, scope):
    await client.send(1, make())
    await client.send(1, scope=make())
    await client.send(*many)
    await client.send(1, **many)
    await unknown.send(1, scope)
    await unknown.send(1, scope=scope)
    await make().send(1, scope)


def local():
    def inner(
        a,
        scope,  # twingen: async-only
    ): ...

    class Inner:
        def send(
            self,
            scope,  # twingen: async-only
        ):
            self.send(scope)

    handed_on = inner
    return handed_on.inner(1, 2), Inner().send(3)

# ---- refused ----
# 10:26: TW232 dropped_parameter: the twin's function has no parameter for this argument, and it is computed here
#   help: mark the argument `# twingen: async-only` too, on a line of its own
# 11:26: TW232 dropped_parameter: the twin's function has no parameter for this argument, and it is computed here
#   help: mark the argument `# twingen: async-only` too, on a line of its own
# 12:23: TW232 dropped_parameter: these arguments may contain scope, which the twin's function does not have
#   help: write the arguments out
# 13:26: TW232 dropped_parameter: these arguments may contain scope, which the twin's function does not have
#   help: write the arguments out
# 14:11: TW232 dropped_parameter: this may be source.Client.send, which has no scope in the twin
#   help: annotate the object with its class, or mark the argument `# twingen: async-only` where it is one
# 15:11: TW232 dropped_parameter: this may be source.Client.send, which has no scope in the twin
#   help: annotate the object with its class, or mark the argument `# twingen: async-only` where it is one
# 16:11: TW232 dropped_parameter: this may be source.Client.send, which has no scope in the twin
#   help: annotate the object with its class, or mark the argument `# twingen: async-only` where it is one
# 30:13: TW232 dropped_parameter: this may be source.<locals>.send, which has no scope in the twin
#   help: annotate the object with its class, or mark the argument `# twingen: async-only` where it is one
# 33:12: TW232 dropped_parameter: this may be source.<locals>.inner, which has no scope in the twin
#   help: annotate the object with its class, or mark the argument `# twingen: async-only` where it is one
# 33:35: TW232 dropped_parameter: this may be source.<locals>.send, which has no scope in the twin
#   help: annotate the object with its class, or mark the argument `# twingen: async-only` where it is one
