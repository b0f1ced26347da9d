class A:
    def __enter__(self): ...
    def __exit__(self, *exc): ...


def f(**kwargs):
    return kwargs


f(__aenter__=1, x="__aexit__")
