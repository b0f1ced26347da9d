# local: aclient = client
# renames: the_client = client
import atexit
from concurrent.futures import ThreadPoolExecutor
from os import environ as options

the_client = aclient = None


class Api:
    def __init__(self, aclient=None):
        self.made = Api


async def use(aclient, other, **rest):
    await other.use(aclient=aclient)
    other(aclient=aclient)
    other.made(aclient=1)
    Api(**options)
    Api(**rest)
    type(other)(aclient=2)


def both(aclient, client): ...


def shown(aclient):
    return f"{aclient=}"


def seen(aclient):
    return locals()


def global_too():
    def inner(aclient):
        return aclient

    return inner(aclient)


def imported():
    def inner(aclient): ...

    from x import aclient


def shadowed(aclient):
    return the_client, aclient


def handed(executor: ThreadPoolExecutor):
    executor.submit(shown, aclient=1)
    atexit.register(shown, aclient=1)
    executor.submit(print, aclient=1)
# ---- refused ----
# 7:1: TW201 library_name: the_client becomes client in the twin, which this module binds already
#   help: rename one of the two
# 16:21: TW133 local_name: this may be source.use, whose parameter aclient has another name in the twin
#   help: annotate the object with its class, or give the argument by its position
# 17:11: TW133 local_name: this may be source.Api.__init__, whose parameter aclient has another name in the twin
#   help: annotate the object with its class, or give the argument by its position
# 18:16: TW133 local_name: this may be source.Api.__init__, whose parameter aclient has another name in the twin
#   help: annotate the object with its class, or give the argument by its position
# 19:9: TW133 local_name: these arguments may contain aclient, which has another name in the twin
#   help: write the arguments out
# 21:17: TW133 local_name: this may be source.Api.__init__, whose parameter aclient has another name in the twin
#   help: annotate the object with its class, or give the argument by its position
# 24:10: TW133 local_name: aclient cannot become client: this function has client, too
#   help: rename it in the source, or remove the row of tool.twingen.locals
# 27:11: TW133 local_name: aclient cannot become client: an f-string prints aclient as it is written
#   help: rename it in the source, or remove the row of tool.twingen.locals
# 31:10: TW133 local_name: aclient cannot become client: locals() sees the names of variables
#   help: rename it in the source, or remove the row of tool.twingen.locals
# 36:15: TW133 local_name: aclient cannot become client: aclient is more than a variable of this function
#   help: rename it in the source, or remove the row of tool.twingen.locals
# 43:15: TW133 local_name: aclient cannot become client: aclient is more than a variable of this function
#   help: rename it in the source, or remove the row of tool.twingen.locals
# 48:14: TW133 local_name: aclient cannot become client: the_client has that name in the twin
#   help: rename it in the source, or remove the row of tool.twingen.locals
# 53:28: TW133 local_name: aclient may be for a function that is given here, whose parameter has another name in the twin
#   help: give functools.partial(function, aclient=...), or the argument by its position
# 54:28: TW133 local_name: aclient may be for a function that is given here, whose parameter has another name in the twin
#   help: give functools.partial(function, aclient=...), or the argument by its position
