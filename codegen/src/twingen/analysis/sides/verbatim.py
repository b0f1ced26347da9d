"""Statements that the twin has as they stand: `# twingen: verbatim`."""

from __future__ import annotations

import libcst as cst

from ...syntax.nodes import Nodes
from ...syntax.source import VERBATIM
from .markers import Markers, marked_above


def verbatim_in(nodes: Nodes) -> dict[int, cst.Comment]:
    """Return the markers of a module by the ids of the statements that carry them.

    An `elif` cannot carry one.
    """
    markers = Markers(nodes)
    found: dict[int, cst.Comment] = {}
    for node in nodes:
        parent = nodes.parent(node)
        if markers.carries(node, VERBATIM) and not (
            type(node) is cst.Decorator
            or (isinstance(parent, cst.If) and parent.orelse is node)
        ):
            above = marked_above(node, VERBATIM)
            lines: list[cst.EmptyLine] = [*getattr(node, "leading_lines", ())]
            comment = lines[-1].comment if above else markers.comment(node)
            assert comment is not None
            found[id(node)] = comment
    return found
