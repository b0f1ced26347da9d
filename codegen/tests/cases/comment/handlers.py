def f(x):
    try:  # twingen: async-only
        return x.loop
    except AttributeError:
        return None
    # twingen: async-only
    try:
        x.begin()
    except OSError:
        x.fail()
    else:
        x.go()
    finally:
        x.end()
    try:  # twingen: async-only
        x.begin()
    finally:  # twingen: async-only
        x.end()
    return x

# ---- twin ----
def f(x):
    return x
