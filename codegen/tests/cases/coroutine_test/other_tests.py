import inspect


def iscoroutinefunction(function):
    return False


def f(function):
    if iscoroutinefunction(function):
        return 1
    if inspect.isfunction(function):
        return 2
    else:
        return 3
