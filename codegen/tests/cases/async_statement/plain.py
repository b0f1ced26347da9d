def f(xs, lock):
    for x in xs:
        with lock:
            print(x)
