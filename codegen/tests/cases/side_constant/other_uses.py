# side: source.ASYNC
ASYNC = True


def f(x, default=ASYNC):
    if ASYNC and x:
        return 1
    return [not ASYNC, f(x, ASYNC)] if ASYNC else 3

# ---- twin ----
# side: source.ASYNC


def f(x, default=False):
    if False and x:
        return 1
    return [True, f(x, False)] if False else 3
