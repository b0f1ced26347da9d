"""Docstrings describe the twin.

Names that the project renames are renamed where they are whole words. `await` and
`async` are removed inside backquotes. The rest of the prose is unchanged.

Examples are converted like modules, with the names of the module around them. These are
examples: prompts, fences and `code-block` directives for Python, and literal blocks
after `::` that contain an `await`. An example that cannot be read or converted stays as
it is, with a warning. With `strict_examples = true` it is an error. To keep an example
as it is without a warning, write `.. twingen: keep` above it.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.string_literals import is_docstring
from ..diagnostics.refusal import Refused
from ..documents.examples import KEEP, Mark, find
from ..syntax.nodes import with_contents
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
    converted = with_contents(site.new, "\n".join(text))
    return None if converted.value == site.old.value else converted


def _check(site: Site[cst.SimpleString], mark: Mark) -> None:
    if mark.word != KEEP or mark.rest:
        raise Refused(
            f"the mark `{mark.word}` has no meaning in a docstring",
            f"write `twingen: {KEEP}`, or remove it",
        )
