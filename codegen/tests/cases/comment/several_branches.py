def f(x):
    if x == 1:  # twingen: async-only
        return 1
    elif x == 2:  # twingen: async-only
        return 2
    elif (  # twingen: async-only
        x == 3
    ):
        return 3
    else:  # twingen: sync-only
        return 4


def g(x):
    if x == 1:  # twingen: async-only
        return 1
    elif x == 2:  # twingen: async-only
        return 2
    return 3

# ---- twin ----
def f(x):
    return 4


def g(x):
    return 3
