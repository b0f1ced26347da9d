"""Objects that hold locks, and what copies them: `copy.deepcopy`, pickle, `asdict`.

asyncio's locks are plain objects, which can be copied while nobody waits for them;
those of `threading` and `queue` cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import libcst as cst

from ..types.aliases import meant_by
from ..types.instance_tests import derived, kinds_of
from .held_locks import FIELD, LOCKS, classes_named

if TYPE_CHECKING:
    from ..symbols.definitions import Definitions
    from ..types.typed_names import TypedNames

SHALLOW = "copy.copy"
FIELDS = {"dataclasses.asdict", "dataclasses.astuple"}
PICKLES = {"pickle.dump", "pickle.dumps"}
_COPIERS = {SHALLOW, "copy.deepcopy"} | FIELDS | PICKLES
_PICKLERS = {"pickle.Pickler"}
# With these a class says itself what is copied of its objects.
_STATE = {"__getstate__", "__reduce__", "__reduce_ex__"}


def copier(names: TypedNames, call: cst.Call) -> str | None:
    """Return what a call copies its first argument with, if that copies objects."""
    if not call.args or call.args[0].star or call.args[0].keyword is not None:
        return None
    qualified = names.qualified(call.func)
    if qualified in _COPIERS:
        return qualified
    function = call.func
    if isinstance(function, cst.Attribute) and function.attr.value == "dump":
        return "pickle.dump" if names.owner(function.value) in _PICKLERS else None
    return None


def lock_copied(names: TypedNames, value: cst.BaseExpression, how: str) -> str | None:
    """Return the lock that is copied with an object, or the attribute that holds it.

    `None` where the sources show none.
    """
    kinds: set[str] = set()
    for each in meant_by(names, value):
        kinds |= set(classes_named(names, each))
        for inner in (each, *_elements(each)):
            kinds |= kinds_of(names, inner) or set()
            element = names.element_kind(inner)
            kinds |= {element} if element else set()
    kinds = {names.definitions.behind(each) for each in kinds}
    if locks := sorted(kinds & LOCKS):
        return locks[0]
    if how == SHALLOW:
        return None
    return _held(names.definitions, kinds | derived(names, kinds), how)


def _elements(value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """Yield what stands in a list, tuple, set or dict that is written out."""
    if isinstance(value, (cst.Dict, cst.List, cst.Set, cst.Tuple)):
        for element in value.elements:
            yield element.value
            yield from _elements(element.value)


def _held(known: Definitions, kinds: Iterable[str], how: str) -> str | None:
    """Return the attribute by which an object of these classes holds a lock."""
    own = _STATE if how in PICKLES else {*_STATE, "__deepcopy__"}
    waiting = [(each, how in FIELDS) for each in sorted(kinds)]
    seen: set[str] = set()
    while waiting:
        kind, of_fields = waiting.pop()
        if kind in seen:
            continue
        seen.add(kind)
        bases = list(known.bases(kind))
        says = any(f"{base}.{name}" in known.members for base in bases for name in own)
        for base in bases if of_fields or not says else ():
            for row in known.held.get(base, "").split():
                attribute, _, held = row.partition("=")
                if of_fields and not attribute.startswith(FIELD):
                    continue
                held = known.behind(held)
                if held in LOCKS:
                    return f"{base}.{attribute.lstrip(FIELD)}"
                waiting.append((held, False))
    return None
