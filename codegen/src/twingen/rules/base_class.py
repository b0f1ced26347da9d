"""Two base classes that become the same class in the twin become one base class.

`class Rows(AsyncIterable[int], Iterable[int])` becomes `class Rows(Iterable[int])`,
because Python does not allow the same base class twice. If the parameters differ, as in
`AsyncIterable[bytes]` and `Iterable[str]`, the class is refused.
"""

from __future__ import annotations

import libcst as cst

from ..diagnostics.refusal import Refused
from ..syntax.tokens import tokens_of
from .rule import Site, rewrite


@rewrite("TW215", cst.ClassDef)
def name_base_once(site: Site[cst.ClassDef]) -> cst.ClassDef | None:
    kept: list[cst.Arg] = []
    seen: dict[tuple[str, ...], cst.Arg] = {}
    origins: dict[tuple[str, ...], cst.Arg] = {}
    for old, new in zip(site.old.bases, site.new.bases, strict=True):
        first = seen.setdefault(tokens_of(new.value), old)
        same = origins.setdefault(_origin(new), old)
        if first is not old and _origin(first) != _origin(old):
            continue
        if same is not old and first is old and _origin(same) != _origin(old):
            raise Refused(
                "two bases become the same class in the twin, with different "
                "parameters",
                "mark one of them `# twingen: async-only`, on a line of its own",
                node=old.value,
            )
        kept.append(new)
    if len(kept) == len(site.new.bases):
        return None
    comma = site.new.bases[-1].comma if not site.new.keywords else kept[-1].comma
    kept[-1] = kept[-1].with_changes(comma=comma)
    return site.new.with_changes(bases=kept)


def _origin(base: cst.Arg) -> tuple[str, ...]:
    """Return the spelling of a base without its parameters."""
    value = base.value
    value = value.value if isinstance(value, cst.Subscript) else value
    return (base.star, *tokens_of(value))
