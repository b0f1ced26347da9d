from collections.abc import Iterable


def kind(data):
    if isinstance(data, Iterable):
        return 1
    return isinstance(data, (list, set | dict))
