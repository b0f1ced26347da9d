# renames: Async* = *
from collections import namedtuple
from enum import Enum
from typing import NamedTuple, NewType, ParamSpec, TypedDict, TypeVar

AsyncT = TypeVar("AsyncT", bound="AsyncPair")
AsyncP = ParamSpec("AsyncP")
AsyncId = NewType("AsyncId", "AsyncPair")
AsyncPair = namedtuple("AsyncPair", ["AsyncPair", "second"])
AsyncRow = NamedTuple("AsyncRow", [("AsyncRow", int)])
AsyncOptions = TypedDict("AsyncOptions", {"AsyncOptions": int})
AsyncColor = Enum("AsyncColor", "AsyncColor")
AsyncMade = type("AsyncMade", (), {"AsyncMade": 1})

# ---- twin ----
# renames: Async* = *
from collections import namedtuple
from enum import Enum
from typing import NamedTuple, NewType, ParamSpec, TypedDict, TypeVar

T = TypeVar("T", bound="Pair")
P = ParamSpec("P")
Id = NewType("Id", "Pair")
Pair = namedtuple("Pair", ["AsyncPair", "second"])
Row = NamedTuple("Row", [("AsyncRow", int)])
Options = TypedDict("Options", {"AsyncOptions": int})
Color = Enum("Color", "AsyncColor")
Made = type("Made", (), {"AsyncMade": 1})
