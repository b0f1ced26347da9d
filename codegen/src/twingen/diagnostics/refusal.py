"""What a rule raises where there is no faithful twin."""

from __future__ import annotations

import libcst as cst


class Refused(Exception):
    """This construct has no faithful twin.

    `why` is a sentence to the author, `instead` what to write in its place.
    `node` is the place to show when it is not the site's own node.
    """

    def __init__(self, why: str, instead: str, node: cst.CSTNode | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.instead = instead
        self.node = node


class NoRuntime(Refused):
    """The twin needs the runtime, and the project has no place for it."""
