# renames: Async* = *
class AsyncPool: ...


def made():
    return AsyncPool()  # twingen: verbatim

# ---- refused ----
# 6:12: TW002 verify: the name AsyncPool is not defined in the twin (its line 6: return AsyncPool())
#   help: no rule covers this: rewrite it, mark it `# twingen: async-only`, or report it with the line above
