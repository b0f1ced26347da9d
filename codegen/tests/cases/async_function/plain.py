def f():
    def asynchronous(): ...

    return asynchronous, lambda x: x
