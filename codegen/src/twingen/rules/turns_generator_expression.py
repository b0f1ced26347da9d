"""`(x async for x in xs)` becomes a generator of the runtime with `tasks = "turns"`.

So does `(await f(x) for x in xs)`. The generator behaves as in asyncio:

- The event loop closes it if it is not consumed to its end.
- A StopIteration or StopAsyncIteration in it becomes a RuntimeError.
- `isasyncgen()` returns true for it.
"""

from __future__ import annotations

import libcst as cst

from ..syntax.traversal import children
from .rule import Site, rewrite


@rewrite("TW410", cst.GeneratorExp, tasks="turns")
def make_generator(site: Site[cst.GeneratorExp]) -> cst.Call | None:
    old, new = site.old, site.new
    first = old.for_in.iter  # evaluated around it
    if not any(_waits(each, first) for each in children(old)):
        return None
    maker = site.imports.name("twingen.runtime.turns.generators.generator_expression")
    bare = new.with_changes(lpar=[], rpar=[])
    return cst.Call(maker, [cst.Arg(bare)])


def _waits(node: cst.CSTNode, left_out: cst.CSTNode) -> bool:
    """Return whether anything waits in a part of a generator expression."""
    if node is left_out or isinstance(node, cst.Lambda):
        return False
    if isinstance(node, cst.Await):
        return True
    if isinstance(node, cst.CompFor) and node.asynchronous is not None:
        return True
    if isinstance(node, cst.GeneratorExp):  # of it, only this is evaluated here
        return _waits(node.for_in.iter, left_out)
    return any(_waits(each, left_out) for each in children(node))
