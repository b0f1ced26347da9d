"""Which functions are of a library with a sync form: they wait without the turn.

A plain function that a twin awaits may be a user's, who relies on running alone between
two waits: it keeps the turn. What is of a library with a table waits without it, so
that other tasks go on.
"""

from __future__ import annotations

import functools
import types
from typing import Any

from .function_kinds import find
from .user_functions import is_module_of_twin

LIBRARIES = frozenset({
    "_io", "elastic_transport", "gridfs", "httpcore", "httpcore2", "httpx", "httpx2",
    "opensearchpy", "psycopg", "psycopg_pool", "pymongo", "redis", "sqlalchemy",
    "websockets",
})  # fmt: skip
"""The packages that have sync forms in the tables; `_io` is that of aiofiles."""

_FUNCTIONS = (types.FunctionType, types.MethodType, functools.partial)


def is_of_library(function: Any) -> bool:
    """Return whether a function, a method or a step of a generator is of a library."""
    return module_of(function).partition(".")[0] in LIBRARIES


def is_foreign(function: Any) -> bool:
    """Return whether a function is not of a twin, where the source shows a library."""
    return find(function)[0] is None and not is_module_of_twin(module_of(function))


def has_functions(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Return whether a call is given functions, which may be a user's."""
    return any(type(each) in _FUNCTIONS for each in (*args, *kwargs.values()))


def module_of(function: Any) -> str:
    """Return the name of the module that a function stands in."""
    kind = type(function)
    if kind is not types.FunctionType and kind is not types.MethodType:
        function = find(function)[1]
    function = getattr(function, "__func__", function)
    owner = getattr(function, "__self__", None)
    if type(owner) is types.GeneratorType:
        frame = owner.gi_frame
        names: Any = {} if frame is None else frame.f_globals
    else:
        names = getattr(function, "__globals__", None)
    if names is not None:
        return names.get("__name__") or ""
    if owner is not None and not isinstance(owner, types.ModuleType):
        function = type(owner)
    else:
        function = getattr(function, "__objclass__", function)
    return getattr(function, "__module__", None) or ""
