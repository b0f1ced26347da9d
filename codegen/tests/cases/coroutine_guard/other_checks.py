# tasks: turns
def iscoroutinefunction(function):
    return False


def on_close(f):
    if iscoroutinefunction(f):
        raise TypeError("a plain function is needed")
    return 1
