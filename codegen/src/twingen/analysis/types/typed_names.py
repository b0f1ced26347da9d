"""Which name means what, and which class a value is of: what rules ask of a module."""

from __future__ import annotations

from functools import cached_property

import libcst as cst

from ..symbols.names import Names
from .type_inference import Kinds


class TypedNames(Names):
    """Answers about the names of one module, and about the types of its values."""

    @cached_property
    def _kinds(self) -> Kinds:
        return Kinds(self)

    def forget(self) -> None:
        super().forget()
        self.__dict__.pop("_kinds", None)

    def kind(self, node: cst.BaseExpression) -> str | None:
        """Return which class a value is of, where the source shows it."""
        return self._kinds.kind(node)

    def kinds(self, node: cst.BaseExpression) -> set[str]:
        """Return all classes that the source shows for a value; there may be others."""
        return self._kinds.kinds(node)

    def owner(self, value: cst.BaseExpression) -> str | None:
        """Return the class of an object; `self`, `cls`, `super()`: the one here."""
        called = value.func if isinstance(value, cst.Call) else value
        if isinstance(called, cst.Name) and called.value in ("self", "cls", "super"):
            here = self.enclosing(value, cst.ClassDef)
            if here is not None:
                return self.qualified(here)
        return self.qualified(called) if called is not value else self.kind(value)

    def annotated(self, annotation: cst.BaseExpression) -> set[str]:
        """Return the kinds that an annotation allows."""
        return set(self._kinds.annotated(annotation))

    def element_kind(self, node: cst.BaseExpression) -> str | None:
        """Return which class the elements of a collection are of."""
        return self._kinds.element_kind(node)
