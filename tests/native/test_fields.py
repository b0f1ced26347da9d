"""What C keeps of the driver's objects: fields, which a class may not hide.

An attribute of a class goes before a field of a base: C finds nothing in the field
then, and leaves to Python what it could do itself.
"""

from __future__ import annotations

from typing import Any

import pytest

import pgtwin

pytest.importorskip("pgtwin_native", reason="the native core is not installed")
core: Any = pytest.importorskip("pgtwin.core.native")
native = core.pgtwin_native
FIELD = type(native.SessionState.adapters)


def fields_of(base: type) -> set[str]:
    return {name for name, each in vars(base).items() if isinstance(each, FIELD)}


def with_subclasses(cls: type) -> list[type]:
    return [
        cls,
        *(each for sub in cls.__subclasses__() for each in with_subclasses(sub)),
    ]


BASES = (
    native.SessionState,
    native.ResultState,
    native.OwnerState,
    native.BatchState,
    native.PipelineState,
    native.KeptState,
    native.PreparedState,
)


@pytest.mark.parametrize("base", BASES, ids=str)
def test_no_class_hides_a_field(base: type) -> None:
    # Both forms are loaded.
    assert pgtwin.AsyncConnection
    assert pgtwin.Connection
    derived = [cls for cls in with_subclasses(base) if cls is not base]
    assert derived
    for cls in derived:
        before = cls.__mro__[: cls.__mro__.index(base)]
        assert not fields_of(base) & {name for each in before for name in vars(each)}
