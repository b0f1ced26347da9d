# tasks: turns
from collections.abc import Awaitable, Callable

Waiting = Awaitable[int]
Plain = Callable[[str], int]
Either = Callable[[str], Waiting | int]
