pool = None


def f():
    global pool
    pool = 1
