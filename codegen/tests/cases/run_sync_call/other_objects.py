def f(pool):
    return pool.run_sync(print)
