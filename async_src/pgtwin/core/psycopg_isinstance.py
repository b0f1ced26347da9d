"""The class of a connection, as `isinstance()` and libraries see it.

`type(connection)` is always the connection's own class. Setting an attribute of the
class that is made here, or calling it, does this with the connection's own class.
"""

from __future__ import annotations

from typing import Any


class _NoRegistration:
    """Keeps `__init_subclass__()` of a user's class from being called here."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        pass


def virtual_class(cls: type, theirs: type) -> type:
    """Return a class that derives from both, and stands for the first of them.

    It never has an instance. The same object is returned each time for a class.
    """
    made: type | None = vars(cls).get("_virtual_class")
    if made is None:
        made = _make(cls, theirs)
        type.__setattr__(cls, "_virtual_class", made)
    return made


def _make(cls: type, theirs: type) -> type:
    metaclass = type(cls)
    inherited: Any = metaclass

    class Virtual(inherited):  # type: ignore[misc]
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            return cls(*args, **kwargs)

        def __setattr__(self, name: str, value: Any) -> None:
            setattr(cls, name, value)

        def __delattr__(self, name: str) -> None:
            delattr(cls, name)

        def __subclasscheck__(self, other: type) -> bool:
            return issubclass(other, cls)

        def __eq__(self, other: object) -> bool:
            return other is cls or other is self

        def __hash__(self) -> int:
            return hash(cls)

    names = {
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
    }
    bases = (_NoRegistration, cls, theirs)
    try:
        made: type = Virtual(cls.__name__, bases, names)
    except TypeError:
        # A metaclass that wants more than a name, bases and a namespace.
        return cls
    return made
