# python: 3.12
def helper():  # twingen: async-only
    return 1


type X[T] = list[T]


async def f[T: int](x: T) -> X[T]:
    return f"{helper()!r:>{x["helper"]}}"

# ---- refused ----
# 10:15: TW002 verify: the name helper is not defined in the twin (its line 8: return f"{helper()!r:>{x["helper"]}}")
#   help: no rule covers this: rewrite it, mark it `# twingen: async-only`, or report it with the line above
