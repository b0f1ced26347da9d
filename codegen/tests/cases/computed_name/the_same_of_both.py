# renames: Async* = *
import re


class AsyncClient: ...


def f(cls, name, text):
    print(cls.__name__.removeprefix("Async"), cls.__name__[-3:], text[5:])
    print(cls.__name__.split("_"), text.startswith("Async"), cls.__name__.lower())
    return cls.__name__.replace("Async", ""), re.sub("^Async", "", cls.__name__)

# ---- twin ----
# renames: Async* = *
import re


class Client: ...


def f(cls, name, text):
    print(cls.__name__.removeprefix("Async"), cls.__name__[-3:], text[5:])
    print(cls.__name__.split("_"), text.startswith("Async"), cls.__name__.lower())
    return cls.__name__.replace("Async", ""), re.sub("^Async", "", cls.__name__)
