def f(g):
    return f"{g()=} {g}"
