def f(x):
    # twingen: async-only
    if x == 1:
        return 1
    elif x:
        return 2
    else:
        return 3
    if x == 4:  # twingen: async-only
        return 4
    elif x == 5:  # twingen: async-only
        return 5
    else:  # twingen: async-only
        return 6
    # twingen: async-only
    while x:
        x -= 1
    else:
        return 7
    try:  # twingen: async-only
        import loops
    except ImportError:
        loops = None
    return 8

# ---- twin ----
def f(x):
    return 8
