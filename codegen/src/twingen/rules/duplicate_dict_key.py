"""Two keys of a dictionary must not become the same key.

`{asyncio.QueueEmpty: 1, queue.Empty: 2}` has two items in the source. In the twin it
would have one, with the last value. Keys with the same value are left as they are.
"""

from __future__ import annotations

import libcst as cst

from ..diagnostics.refusal import Refused
from ..syntax.tokens import tokens_of
from .rule import Site, rewrite


@rewrite("TW116", cst.Dict)
def refuse_one_key(site: Site[cst.Dict]) -> None:
    first: dict[tuple[str, ...], tuple[cst.DictElement, cst.DictElement]] = {}
    for old, new in zip(site.old.elements, site.new.elements, strict=True):
        if not (isinstance(old, cst.DictElement) and isinstance(new, cst.DictElement)):
            continue
        if not isinstance(old.key, (cst.Attribute, cst.Name, cst.SimpleString)):
            continue
        before, twin = first.setdefault(tokens_of(new.key), (old, new))
        differed = tokens_of(before.key) != tokens_of(old.key)
        if differed and tokens_of(twin.value) != tokens_of(new.value):
            raise Refused(
                f"{_spelled(before.key)} and {_spelled(old.key)} are the same key "
                "in the twin, which keeps the last value",
                "mark one of them `# twingen: async-only`, on a line of its own",
                node=old.key,
            )


def _spelled(key: cst.BaseExpression) -> str:
    return cst.Module([]).code_for_node(key)
