def helper():  # twingen: async-only
    return 1


async def f():
    return helper()

# ---- refused ----
# 6:12: TW002 verify: the name helper is not defined in the twin (its line 2: return helper())
#   help: no rule covers this: rewrite it, mark it `# twingen: async-only`, or report it with the line above
