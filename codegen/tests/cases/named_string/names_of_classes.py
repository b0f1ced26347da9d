# renames: Async* = *
import logging

KINDS = {}


class AsyncBase:
    def __init_subclass__(cls):
        KINDS[cls.__name__] = cls


class AsyncRedis(AsyncBase):
    def kind(self):
        match type(self).__name__:
            case "AsyncRedis":
                return "plain"
        return type(self).__name__ in ("AsyncRedis", "AsyncBase")


def find():
    logging.getLogger("source.AsyncRedis")
    print(f"source.AsyncRedis.{find}", "source.AsyncRedis")
    return KINDS["AsyncRedis"], KINDS.get("AsyncRedis"), globals()["AsyncBase"]

# ---- twin ----
# renames: Async* = *
import logging

KINDS = {}


class Base:
    def __init_subclass__(cls):
        KINDS[cls.__name__] = cls


class Redis(Base):
    def kind(self):
        match type(self).__name__:
            case "Redis":
                return "plain"
        return type(self).__name__ in ("Redis", "Base")


def find():
    logging.getLogger("twin.Redis")
    print(f"twin.Redis.{find}", "source.AsyncRedis")
    return KINDS["Redis"], KINDS.get("Redis"), globals()["Base"]
