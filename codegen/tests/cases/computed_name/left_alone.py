# renames: Bsync* = *
import re


class Client:
    def put(self, op): ...


def f(self, op, cls, name):
    getattr(self, op)
    getattr(Client(), f"put_{op}")
    getattr(self, "_" + op)
    globals()[op]
    eval("1 + op")
    eval(op)
    exec("not python (")
    return cls.__name__[5:], cls.__name__.startswith("Async"), re.sub("A", "", name)
