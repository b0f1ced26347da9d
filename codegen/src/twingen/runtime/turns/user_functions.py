"""Whose functions and classes are met: those of twins, of Python, or of a user.

A user of a twin gives plain functions and iterators where a user of the source gives
asynchronous ones. What the twins bring themselves, or import, is what it is.
"""

from __future__ import annotations

import sys
import types
from typing import Any

from .function_kinds import twins

# Whether a module is a user's, by its name, and how many twins there were then.
_known: dict[str, tuple[int, bool]] = {}
_known_twins: dict[str, tuple[int, bool]] = {}
# This module is `RUNTIME.turns.user_functions`, and the runtime is below a twin.
_HOME = __name__.rsplit(".", 2)[0].rpartition(".")[0]
# What only twins import.
_OF_TWINS = {
    f"{__name__.rpartition('.')[0]}.{module}"
    for module in ("blocking_calls", "dynamic_calls", "entry_points", "function_kinds")
}


def is_of_user(function: Any) -> bool:
    """Return whether a function is neither of the twins nor of Python."""
    if type(function) is not types.FunctionType:
        return False
    return is_module_of_user(
        function.__globals__.get("__name__") or "", function.__module__ or ""
    )


def is_generator_of_user(generator: types.GeneratorType[Any, Any, Any]) -> bool:
    """Return whether the code of a generator, which has not ended, is of a user."""
    frame = generator.gi_frame
    if frame is None:
        return False
    return is_module_of_user(frame.f_globals.get("__name__") or "")


def is_class_of_user(kind: type) -> bool:
    """Return whether a class is neither of the twins nor of Python."""
    return is_module_of_user(kind.__module__)


def is_module_of_user(name: str, wrapped: str = "") -> bool:
    """Return whether a module is neither a twin, nor imported by one, nor of Python.

    What Python's own wrappers wrap decides for these: that is of the module `wrapped`.
    """
    if _is_of_python(name):
        return (
            bool(wrapped) and not _is_of_python(wrapped) and is_module_of_user(wrapped)
        )
    count, answer = _known.get(name, (-1, False))
    if count != len(twins):
        answer = not (_is_twin(name) or _is_imported(name))
        _known[name] = len(twins), answer
    return answer


def is_module_of_twin(name: str) -> bool:
    """Return whether a module is a twin, in the package of one, or of the runtime."""
    count, answer = _known_twins.get(name, (-1, False))
    if count != len(twins):
        answer = _is_twin(name)
        _known_twins[name] = len(twins), answer
    return answer


def _is_of_python(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names


def _is_twin(name: str) -> bool:
    packages = {each.get("__package__") for each in list(twins.values())}
    below = any(
        home and f"{name}.".startswith(f"{home}.") for home in (_HOME, *packages)
    )
    return below or name in twins or _imports_runtime(name)


def _imports_runtime(name: str) -> bool:
    """Return whether a twin has marked no function yet: it is being imported."""
    module = sys.modules.get(name)
    return any(
        isinstance(value, types.FunctionType) and value.__module__ in _OF_TWINS
        for value in list(vars(module).values() if module is not None else ())
    )


def _is_imported(name: str) -> bool:
    """Return whether a twin has a module, or anything of it, by a name of its own."""
    for each in list(twins.values()):
        for value in list(each.values()):
            if isinstance(value, types.ModuleType):
                found = value.__name__
            elif isinstance(value, (type, types.FunctionType)):
                found = value.__module__
            else:
                continue
            if found == name:
                return True
    return False
