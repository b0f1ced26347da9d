"""Comments name what the twin has.

Names that the project renames are renamed wherever they stand as whole words;
nothing else in a comment is touched.
"""

from __future__ import annotations

import libcst as cst

from ..prose import rename_words
from ..rule import Site, rewrite


@rewrite("TW209", cst.Comment)
def rename_in_comment(site: Site[cst.Comment]) -> cst.Comment | None:
    renames = site.libraries.renames
    text = rename_words(site.old.value, renames.words() if renames else {})
    return site.new.with_changes(value=text) if text != site.old.value else None
