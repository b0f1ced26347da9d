def f(limit, task):
    task.cancel()
    return limit.locked(), limit._value
