"""Calls that are not proven: what they give is decided when they are made."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, overload

from .blocking_calls import blocking
from .context_managers import Managed
from .coroutines import Coroutine
from .function_kinds import _marks, find, mark, marked, partial_method, plain
from .futures import Future
from .library_functions import has_functions, is_of_library
from .shared_loop import visit
from .suspension import drive
from .thread_state import here
from .user_functions import is_of_user

F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")
T = TypeVar("T")

ITERABLE = inspect.CO_ITERABLE_COROUTINE
# Calls of these functions give objects, and run no body.
_SPECIAL = (
    inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR | ITERABLE
)
# What `functools.lru_cache()` adds to a function.
_OF_CACHES = ("cache_clear", "cache_info", "cache_parameters")


@overload
def await_(awaitable: Coroutine[T] | Future[T] | Awaitable[T]) -> T: ...
@overload
def await_(awaitable: Any) -> Any: ...
def await_(awaitable: Any) -> Any:
    """Wait for a coroutine, a future, a task or any other object with `__await__()`."""
    try:
        if here.loop is None and here.participant is None:
            return visit(_await, awaitable)
        if type(awaitable) is Coroutine:
            return awaitable._run()
        return _await(awaitable)
    finally:
        del awaitable  # the frames of an exception would keep it


def _await(awaitable: Any) -> Any:
    kind = type(awaitable)
    if kind is Coroutine:
        return awaitable._run()
    if isinstance(awaitable, Future):
        try:
            return awaitable.wait()
        finally:
            del awaitable
    if kind is types.CoroutineType or (
        kind is types.GeneratorType and awaitable.gi_code.co_flags & ITERABLE
    ):
        return drive(awaitable)
    method = getattr(kind, "__await__", None)
    if method is None:
        name = kind.__name__
        raise TypeError(f"object {name} can't be used in 'await' expression")
    iterator = method(awaitable)
    if isinstance(iterator, (Coroutine, types.CoroutineType)):
        raise TypeError("__await__() returned a coroutine")
    if not hasattr(type(iterator), "__next__"):
        name = type(iterator).__name__
        raise TypeError(f"__await__() returned non-iterator of type '{name}'")
    return drive(iterator)


def _is_awaitable(x: Any) -> bool:
    kind = type(x)
    return hasattr(kind, "__await__") or (
        kind is types.GeneratorType and bool(x.gi_code.co_flags & ITERABLE)
    )


@overload
def awaited(
    function: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
) -> T: ...
@overload
def awaited(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...
def awaited(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Call a function and wait for what it gives.

    The body of a coroutine function runs immediately. What cannot be waited for is
    returned: it is the result of a function that was plain in the source. A function of
    a library with a sync form waits without the turn, except for one that is given
    functions to call: these may be the user's, and need it.
    """
    code = getattr(function, "__code__", None)  # a bound method has its function's
    found = find(function)[0] if code is None else _marks.get(id(code))
    if found is not None:
        if found.kind == "coroutine":
            try:
                return function(*args, **kwargs)
            except StopIteration as stop:
                raise RuntimeError("coroutine raised StopIteration") from stop
        if found.kind in ("operator", "returns_awaitable"):
            found, inner, before, keywords = find(function)
            assert found is not None
            body = plain(found, inner)
            if found.kind == "operator":
                return awaited(body, *before, *args, **{**keywords, **kwargs})
            return _given(body(*before, *args, **{**keywords, **kwargs}))
    elif is_of_library(function) and not has_functions(args, kwargs):
        return _given(blocking(function, *args, **kwargs))
    return _given(function(*args, **kwargs))


def _given(result: Any) -> Any:
    if result is None or not _is_awaitable(result):
        return result
    try:
        return await_(result)
    finally:
        del result


def _call_and_await(function: Any, args: Any, kwargs: Any) -> Any:
    return _given(function(*args, **kwargs))


def later(function: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> Any:
    """Call a function whose result is not waited for on the spot.

    The call of a coroutine function gives a coroutine. Any other function is called
    immediately.
    """
    return _later(function, args, kwargs)


def deferred(function: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> Any:
    """Call a function for what is to be waited for later: `later()` as users need it.

    The call of a plain function of a user gives a coroutine, too: that of the source
    is a coroutine function, whose body does not run yet.
    """
    found, inner, before, keywords = find(function)
    plain_of_user = found is None and not isinstance(function, type)
    if not (plain_of_user and is_of_user(inner)) or inner.__code__.co_flags & _SPECIAL:
        return _later(function, args, kwargs)
    args = (*before, *args)  # type: ignore[assignment]
    kwargs = {**keywords, **kwargs}  # type: ignore[assignment]
    _bind(inner, args, kwargs)
    return Coroutine(awaited, (inner, *args), kwargs, inner)


def _later(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if type(function) is types.FunctionType:
        found = _marks.get(id(function.__code__))
        if found is not None and found.kind == "coroutine":
            body = plain(found, function)
            _bind(body, args, kwargs)
            return Coroutine(body, args, kwargs or None)
    if function is getattr:
        return _attribute(*args)
    if args and partial_method(function) is not None:
        # Its first argument is the object; those of the partial method come behind it.
        function, args = types.MethodType(function, args[0]), args[1:]
    found, inner, before, keywords = find(function)
    if found is not None:
        body = plain(found, inner)
        if found.kind in ("coroutine", "operator"):
            if before:
                args = (*before, *args)
            if keywords:
                kwargs = {**keywords, **kwargs}
            _bind(body, args, kwargs)
            return Coroutine(body, args, kwargs or None)
        if found.kind == "returns_awaitable":
            return body(*before, *args, **{**keywords, **kwargs})
    elif type(function) is types.MethodType and _replaces_coroutine(function):
        return deferred(function, *args, **kwargs)
    return function(*args, **kwargs)


def _replaces_coroutine(method: types.MethodType) -> bool:
    """Return whether a user's plain method overrides a coroutine function."""
    function, owner = method.__func__, method.__self__
    if not is_of_user(function):
        return False
    kind = owner if isinstance(owner, type) else type(owner)
    name = getattr(function, "__name__", "")
    return any(marked(vars(each).get(name)) == "coroutine" for each in kind.__mro__)


def _attribute(owner: Any, name: str, *default: Any) -> Any:
    """Return an attribute: of a property that was asynchronous, a coroutine."""
    descriptor = inspect.getattr_static(type(owner), name, None)
    getter = descriptor.fget if isinstance(descriptor, property) else None
    if getter is not None and marked(getter) is not None:
        return later(getter, owner)
    return getattr(owner, name, *default)


def _bind(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Raise what a call raises whose arguments do not fit."""
    code = function.__code__
    if (
        not kwargs
        and not code.co_kwonlyargcount
        and not code.co_flags & inspect.CO_VARARGS
    ):
        most = code.co_argcount
        if most - len(function.__defaults__ or ()) <= len(args) <= most:
            return
    binder = types.FunctionType(_binder(code), {}, function.__name__)
    binder.__qualname__ = function.__qualname__
    binder.__defaults__ = function.__defaults__
    binder.__kwdefaults__ = function.__kwdefaults__
    binder(*args, **kwargs)


@functools.lru_cache(1000)
def _binder(code: types.CodeType) -> types.CodeType:
    """Return code with the same parameters that does nothing."""
    names = list(code.co_varnames)
    positional = names[: code.co_argcount]
    end = code.co_argcount + code.co_kwonlyargcount
    keyword = names[code.co_argcount : end]
    parts = list(positional)
    if code.co_posonlyargcount:
        parts.insert(code.co_posonlyargcount, "/")
    if code.co_flags & inspect.CO_VARARGS:
        parts.append(f"*{names[end]}")
        end += 1
    elif keyword:
        parts.append("*")
    parts += keyword
    if code.co_flags & inspect.CO_VARKEYWORDS:
        parts.append(f"**{names[end]}")
    made: dict[str, Any] = {}
    exec(f"def binder({', '.join(parts)}): pass", made)
    return made["binder"].__code__  # type: ignore[no-any-return]


def makes_coroutine(function: F) -> F:
    """Make a function whose call makes a coroutine, for decorators that are not twins.

    What they do around the call is done around the making then, as in the source.
    """

    @functools.wraps(function)
    def make(*args: Any, **kwargs: Any) -> Any:
        return later(function, *args, **kwargs)

    return make  # type: ignore[return-value]


def returns_awaitable(function: F) -> F:
    """Make a plain function that hands out an awaitable one that waits for it."""

    @functools.wraps(function)
    def wait(*args: Any, **kwargs: Any) -> Any:
        if here.loop is not None or here.participant is not None:
            return _given(function(*args, **kwargs))
        return visit(_call_and_await, function, args, kwargs)

    if isinstance(function, types.FunctionType):
        mark(function, "returns_awaitable")
    for name in _OF_CACHES:
        if hasattr(function, name):
            setattr(wait, name, getattr(function, name))
    return mark(wait, "returns_awaitable", wraps=True)  # type: ignore[return-value]


class _Entered(AbstractContextManager[Any]):
    """A context manager over one whose methods are waited for."""

    def __init__(self, manager: Any) -> None:
        kind = type(manager)
        if not hasattr(kind, "__aexit__"):
            raise TypeError(
                f"{kind.__name__!r} object does not support the asynchronous "
                "context manager protocol (missed __aexit__ method)"
            )
        self._manager = manager
        self._enter = kind.__aenter__
        self._exit = kind.__aexit__

    def __enter__(self) -> Any:
        return awaited(self._enter, self._manager)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> bool | None:
        return awaited(self._exit, self._manager, kind, error, tb)  # type: ignore[no-any-return]


def entered(manager: Any) -> AbstractContextManager[Any]:
    """Return a context manager for what `async with` was given."""
    if isinstance(manager, Managed):
        return manager
    if hasattr(type(manager), "__aenter__"):
        return _Entered(manager)
    if hasattr(type(manager), "__enter__"):
        return manager  # type: ignore[no-any-return]
    raise TypeError(
        f"{type(manager).__name__!r} object does not support the asynchronous "
        "context manager protocol"
    )


class _Iterated(Iterator[Any]):
    """An iterator over one whose method is waited for."""

    def __init__(self, iterator: Any) -> None:
        self._iterator = iterator
        self._next = type(iterator).__anext__

    def __next__(self) -> Any:
        try:
            return awaited(self._next, self._iterator)
        except StopAsyncIteration:
            raise StopIteration from None


def iterated(iterable: Any) -> Iterator[Any]:
    """Return an iterator for what `async for` was given."""
    kind = type(iterable)
    if hasattr(kind, "__aiter__"):
        iterator = kind.__aiter__(iterable)
        if hasattr(type(iterator), "__next__"):
            return iterator  # type: ignore[no-any-return]
        if hasattr(type(iterator), "__anext__"):
            return _Iterated(iterator)
        raise TypeError(
            "'async for' received an object from __aiter__ that does not implement "
            f"__anext__: {type(iterator).__name__}"
        )
    if hasattr(kind, "__iter__"):
        return iter(iterable)
    raise TypeError(
        f"'async for' requires an object with __aiter__ method, got {kind.__name__}"
    )
