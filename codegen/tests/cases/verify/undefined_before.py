def f():
    return undefined_in_the_source
