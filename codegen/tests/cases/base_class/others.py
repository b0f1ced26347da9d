from collections.abc import Iterable, Sized


class Rows(Iterable[int], Sized, *[dict], metaclass=type):
    pass


class Plain:
    pass
