"""Docstrings speak of the twin.

Names that the project renames are renamed wherever they stand as whole words.
Examples (prompts, fences and `code-block` directives that say Python, literal
blocks after `::` that await) are converted like a module that knows the names of
the one around it. One that cannot be read, or has no twin, stays as it is, and a
warning says so; with `strict_examples = true` it stops the build. `.. twingen: keep`
above an example leaves it as it is, without a word. In backquotes `await` and `async`
go; prose is left as it was written.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.string_contexts import is_docstring
from ..diagnostics.refusal import Refused
from ..documents.examples import KEEP, Mark, find
from ..syntax.prose_rewriting import without_async
from .rule import Site, rewrite


@rewrite("TW208", cst.SimpleString)
def convert_docstring(site: Site[cst.SimpleString]) -> cst.SimpleString | None:
    if not is_docstring(site.names, site.old):
        return None
    renames = site.libraries.renames
    prose = renames.prose if renames else str
    lines = site.old.raw_value.split("\n")
    text: list[str] = []
    keep = False
    done = 0
    for each in find(lines, ""):
        if isinstance(each, Mark):
            _check(site, each)
            keep = True
            continue
        twin = None if keep else site.examples.twin_in(site.old, lines, each)
        text += [without_async(prose(t)) for t in lines[done : each.start]]
        if twin is not None:
            text += twin
        else:
            kept = lines[each.start : each.stop]
            text += kept if keep else [prose(line) for line in kept]
        done, keep = each.stop, False
    text += [without_async(prose(line)) for line in lines[done:]]
    quote = site.old.quote
    value = f"{site.old.prefix}{quote}" + "\n".join(text) + quote
    return site.new.with_changes(value=value) if value != site.old.value else None


def _check(site: Site[cst.SimpleString], mark: Mark) -> None:
    if mark.word != KEEP or mark.rest:
        raise Refused(
            f"the mark `{mark.word}` has no meaning in a docstring",
            f"write `twingen: {KEEP}`, or remove it",
        )
