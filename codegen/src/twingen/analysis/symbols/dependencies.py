"""What a conversion asked of the definitions of its project.

A source is converted again only if one of the answers may be another now. What was
asked is whether a field has a key, and with which value: `coroutines:a.b`; what an
index finds under a key: `members.last:close`; whether there is anything: `generators?`;
or everything: `modules*`. Answers that say no count as well.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from struct import pack, unpack
from typing import Any
from zlib import crc32

from .definitions import COLLECTIONS, INDEXES, Definitions

_NOTHING: Mapping[str, Any] = {}
_MISSING = object()


class _Field:
    """One field of the definitions, which remembers what was asked of it.

    `own` is what the project has; `added` counts before that, for a while. It has only
    what can be recorded: anything else that a set or a dictionary can do fails.
    """

    def __init__(self, name: str, definitions: Definitions) -> None:
        self.name = name
        self.own: Any = getattr(definitions, name)
        self._definitions = definitions
        self.added: Mapping[str, Any] = _NOTHING
        self.keys_asked: set[str] = set()
        self.found_by: set[tuple[str, str]] = set()
        self.was_tested = False
        self.was_taken = False

    def __contains__(self, key: object) -> bool:
        if key in self.added:
            return True
        if isinstance(key, str):  # nothing else is ever there
            self.keys_asked.add(key)
            return key in self.own
        return False

    def __bool__(self) -> bool:
        self.was_tested = True
        return bool(self.added or self.own)

    def _all(self) -> Any:
        """Return everything, as the field would hold it."""
        self.was_taken = True
        own = self.own
        if not self.added:
            return own
        return own | (dict(self.added) if isinstance(own, dict) else set(self.added))

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def by(self, index: str, key: str) -> set[str]:
        """Return what :meth:`Definitions.by` does."""
        self.found_by.add((index, key))
        found = self._definitions.by(self.name, index, key)
        if self.added:
            under = INDEXES[self.name][index]
            found = found | {each for each in self.added if under(each) == key}
        return found

    def __eq__(self, other: object) -> bool:
        return bool(self._all() == other)

    __hash__ = None  # type: ignore[assignment]

    def forget(self) -> None:
        """Forget what was asked."""
        self.keys_asked.clear()
        self.found_by.clear()
        self.was_tested = self.was_taken = False

    def asked(self) -> Iterator[str]:
        """Yield what was asked."""
        name = self.name
        yield from (f"{name}:{key}" for key in self.keys_asked)
        yield from (f"{name}.{index}:{key}" for index, key in self.found_by)
        if self.was_tested:
            yield f"{name}?"
        if self.was_taken:
            yield f"{name}*"


class _Set(_Field):
    """A field that holds a set."""

    def __or__(self, other: Iterable[str]) -> set[str]:
        return {*self._all(), *other}

    def __and__(self, other: Iterable[str]) -> set[str]:
        return {each for each in other if each in self}

    def __sub__(self, other: Iterable[str]) -> set[str]:
        return set(self._all()).difference(other)

    __ror__ = __or__
    __rand__ = __and__
    intersection = __and__

    def __rsub__(self, other: Iterable[str]) -> set[str]:
        return {each for each in other if each not in self}

    def isdisjoint(self, other: Iterable[str]) -> bool:
        return not any(each in self for each in other)


class _Dict(_Field):
    """A field that holds a dictionary."""

    def get(self, key: str, default: Any = None) -> Any:
        found = self.added.get(key, _MISSING)
        if found is _MISSING:
            self.keys_asked.add(key)
            return self.own.get(key, default)
        return found

    def __getitem__(self, key: str) -> Any:
        found = self.get(key, _MISSING)
        if found is _MISSING:
            raise KeyError(key)
        return found

    def keys(self) -> Any:
        return self._all().keys()

    def values(self) -> Any:
        return self._all().values()

    def items(self) -> Any:
        return self._all().items()


class RecordedDefinitions(Definitions):
    """The definitions of a project, as conversions see them.

    They can be read like any; what was read of them is remembered.
    """

    def __init__(self, definitions: Definitions) -> None:
        super().__init__(side=definitions.side, variables=definitions.variables)
        self._recorded: list[_Field] = []
        for name in COLLECTIONS:
            own = getattr(definitions, name)
            field = (_Dict if isinstance(own, dict) else _Set)(name, definitions)
            if name != "sides_used":  # conversions write there, and nobody reads it
                setattr(self, name, field)
                self._recorded.append(field)

    def by(self, name: str, index: str, key: str) -> set[str]:
        field: _Field = getattr(self, name)
        return field.by(index, key)

    def update(self, other: Definitions) -> None:
        raise TypeError("what is recorded is only read")

    @contextmanager
    def also(self, other: Definitions) -> Iterator[None]:
        before = [field.added for field in self._recorded]
        for field in self._recorded:
            field.added = {**field.added, **_items(getattr(other, field.name))}
        try:
            yield
        finally:
            for field, added in zip(self._recorded, before, strict=True):
                field.added = added

    def begin(self) -> None:
        """Forget what was asked: another conversion begins."""
        for field in self._recorded:
            field.forget()

    def asked(self) -> str:
        """Return what was asked since that, in a short form."""
        return _short(each for field in self._recorded for each in field.asked())


def _number(asked: str) -> int:
    """Return a number for what was asked; two that share one do no harm."""
    return crc32(asked.encode("utf-8", "surrogatepass"))


def _short(asked: Iterable[str]) -> str:
    numbers = sorted({_number(each) for each in asked})
    return b64encode(pack(f">{len(numbers)}I", *numbers)).decode()


class Changes:
    """What was asked of definitions and may have another answer now."""

    def __init__(self) -> None:
        self._numbers: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def compare(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        """Add what is not the same in two parts of definitions, given as JSON."""
        for name in {*before, *now}.intersection(COLLECTIONS):
            old, new = before.get(name, ()), now.get(name, ())
            if old != new:
                for key in _differences(_items(old), _items(new)):
                    self._add(name, key)

    def compare_empty(self, before: Iterable[str], now: Iterable[str]) -> None:
        """Add the fields that hold something for the first time, or no longer."""
        for name in set(before) ^ set(now):
            self._numbers.add(_number(f"{name}?"))

    def _add(self, name: str, key: str) -> None:
        self._numbers |= {_number(f"{name}*"), _number(f"{name}:{key}")}
        for index, under in INDEXES.get(name, {}).items():
            self._numbers.add(_number(f"{name}.{index}:{under(key)}"))

    def concern(self, asked: str) -> bool:
        """Return whether any of what a conversion asked is among them."""
        numbers = b64decode(asked)
        return not self._numbers.isdisjoint(unpack(f">{len(numbers) // 4}I", numbers))


def _items(found: Any) -> dict[str, Any]:
    return dict(found) if isinstance(found, Mapping) else dict.fromkeys(found)


def _differences(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Yield the keys of what only one of two has."""
    for key in {*old, *new}:
        if old.get(key, _MISSING) != new.get(key, _MISSING):
            yield key
