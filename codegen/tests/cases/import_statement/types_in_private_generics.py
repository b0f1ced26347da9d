from typing import TYPE_CHECKING

from other import _Base, _alias

if TYPE_CHECKING:
    from pymongo import AsyncMongoClient
    from pymongo.asynchronous.collection import AsyncCollection


class Stream(_Base["AsyncMongoClient[int]"]):
    of: _alias["AsyncCollection[int]"]

# ---- twin ----
from typing import TYPE_CHECKING

from other import _Base, _alias

if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.collection import Collection


class Stream(_Base["MongoClient[int]"]):
    of: _alias["Collection[int]"]
