"""What C keeps of the driver's objects: fields, which a class may not hide.

An attribute of a class goes before a field of a base: C finds nothing in the field
then, and leaves to Python what it could do itself.
"""

from __future__ import annotations

from typing import Any

import pytest

import pgtwin

pytest.importorskip("pgtwin_native", reason="the native core is not installed")
core: Any = pytest.importorskip("pgtwin.core.engine.native_engine")
native = core.pgtwin_native
FIELD = type(native.AdaptationState.adapters)


def fields_of(base: type) -> set[str]:
    return {name for name, each in vars(base).items() if isinstance(each, FIELD)}


def derived_from(cls: type) -> list[type]:
    subclasses: list[type] = type.__subclasses__(cls)
    return [*subclasses, *(each for sub in subclasses for each in derived_from(sub))]


BASES = (
    native.AdaptationState,
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
    for name in ("AsyncConnection", "Connection"):
        assert getattr(pgtwin, name)  # which loads its form
    derived = derived_from(base)
    assert derived
    for cls in derived:
        before = cls.__mro__[: cls.__mro__.index(base)]
        assert not fields_of(base) & {name for each in before for name in vars(each)}
