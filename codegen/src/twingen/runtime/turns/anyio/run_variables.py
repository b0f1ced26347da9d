"""Variables of which each loop has its own value."""

from __future__ import annotations

from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from ..events import get_running_loop

T = TypeVar("T")

_values: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()
_NOTHING: Any = object()


class RunvarToken(Generic[T]):
    """The value that a variable had, to be set again."""

    def __init__(self, var: RunVar[T], value: T) -> None:
        self._var = var
        self._value = value
        self._used = False

    def __enter__(self) -> RunvarToken[T]:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._var.reset(self)


class RunVar(Generic[T]):
    """A variable of which each loop has its own value."""

    NO_VALUE_SET: Any = _NOTHING

    def __init__(self, name: str, default: T = _NOTHING) -> None:
        self._name = name
        self._default = default

    def _of_loop(self) -> dict[Any, Any]:
        return _values.setdefault(get_running_loop(), {})

    def get(self, default: Any = _NOTHING) -> Any:
        """Return the value; what is given, or the default, if there is none."""
        for value in (self._of_loop().get(self, _NOTHING), default, self._default):
            if value is not _NOTHING:
                return value
        raise LookupError(
            f'Run variable "{self._name}" has no value and no default set'
        )

    def set(self, value: T) -> RunvarToken[T]:
        """Change the value; return what sets the present one again."""
        values = self._of_loop()
        token: RunvarToken[T] = RunvarToken(self, values.get(self, _NOTHING))
        values[self] = value
        return token

    def reset(self, token: RunvarToken[T]) -> None:
        """Set the value again that there was before `set()`."""
        if token._var is not self:
            raise ValueError("This token does not belong to this RunVar")
        if token._used:
            raise ValueError("This token has already been used")
        if token._value is _NOTHING:
            self._of_loop().pop(self, None)
        else:
            self._of_loop()[self] = token._value
        token._used = True

    def __repr__(self) -> str:
        return f"<RunVar name={self._name!r}>"
