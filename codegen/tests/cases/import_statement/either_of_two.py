try:
    from contextlib import aclosing
except ImportError:
    from mylib import aclosing


def f(x):
    return aclosing(x)

# ---- twin ----

try:
    from contextlib import closing as aclosing
except ImportError:
    from mylib import aclosing


def f(x):
    return aclosing(x)
