# renames: Async* = *
KINDS = {}


class AsyncBase:
    def __init_subclass__(cls):
        KINDS[cls.__name__] = cls


class AsyncRedis(AsyncBase): ...


def make(kind):
    return KINDS[kind]()


make("AsyncRedis")
make(AsyncRedis.__name__)

# ---- refused ----
# 17:6: TW233 named_string: the project looks up classes by their names, and this may name AsyncRedis, which is Redis in the twin
#   help: write AsyncRedis.__name__ if this is the name of the class
# 17:6: TW235 computed_name: AsyncRedis is looked up by its name, which is Redis in the twin
#   help: keep the object itself instead of its name
