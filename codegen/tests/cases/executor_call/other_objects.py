def f(pool, None_):
    pool.run_in_executor(None, print)
