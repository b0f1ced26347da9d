def shield(call):
    return call


def f(task):
    return shield(task)
