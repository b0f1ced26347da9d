# renames: Async* = *
AsyncPool = None


def f():
    global AsyncPool
    AsyncPool = 1

    def g():
        x = 1

        def h():
            nonlocal x
            x = 2

        return h

    return g

# ---- twin ----
# renames: Async* = *
Pool = None


def f():
    global Pool
    Pool = 1

    def g():
        x = 1

        def h():
            nonlocal x
            x = 2

        return h

    return g
