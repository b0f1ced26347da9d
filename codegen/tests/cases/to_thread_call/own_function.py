def to_thread(function):
    return function()


to_thread(print)
