from typing import Literal


def f(x: "int", y: Literal["AsyncIterator"], z: "not a type") -> "list[int]":
    return ["AsyncIterator[int]"]
