"""A statement with the marker `# twingen: verbatim` is copied unchanged to the twin.

Put the marker at the end of the first line of a statement, or alone on the line above.
On a `def`, a `class` or a `with`, it applies to the whole block. Names, strings,
docstrings and comments stay as they are; only the formatter changes the layout. Imports
are converted as in the rest of the module, and an import stays if such a statement uses
it. With the marker, the author states that these lines are right in both forms.

Asynchronous code is refused. So is a class with a method that has another name in the
twin elsewhere. A name that the twin does not have is found when the finished twin is
verified (TW002).
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.merged_members import Members
from ..diagnostics.refusal import Refused
from ..syntax.nodes import find
from ..syntax.source import VERBATIM
from .rule import Site, rewrite


@rewrite("TW132", cst.Comment, cst.EmptyLine)
def keep_as_it_is(
    site: Site[cst.Comment | cst.EmptyLine],
) -> cst.RemovalSentinel | None:
    old = site.old
    marker = old.comment if isinstance(old, cst.EmptyLine) else old
    if marker is None or not marker.value.startswith(VERBATIM):
        return None
    if isinstance(site.names.parent(old), cst.EmptyLine):
        return None  # goes with its line
    for statement in site.names.ancestors(old):
        if site.names.verbatim.get(id(statement)) is marker:
            _check(site, statement)
            return cst.RemovalSentinel.REMOVE
    return None  # `comment` refuses it


def _check(site: Site[cst.Comment | cst.EmptyLine], statement: cst.CSTNode) -> None:
    awaits = find(statement, cst.Await)
    asynchronous = find(statement, cst.Asynchronous)
    if awaits or asynchronous:
        raise Refused(
            "this code stays as it is, and a twin must not contain anything "
            "asynchronous",
            "mark less of it, or write it in a function for each side",
            node=[*asynchronous, *awaits][0],
        )
    for name in find(statement, cst.Name):
        at_top = site.names.enclosing(name, cst.FunctionDef, cst.ClassDef, cst.Lambda)
        holder = site.names.parent(name)
        if at_top in (None, holder) and site.names.is_definition(name):
            outer = site.names.enclosing(holder or name, cst.FunctionDef, cst.ClassDef)
            twin = site.libraries.local_name(f"{site.names.module}.{name.value}")
            if outer is None and twin != name.value:
                raise Refused(
                    f"this definition stays as it is, and the twin calls {name.value} "
                    f"{twin} elsewhere",
                    "mark less of it, or keep the name by a row of the configuration",
                    node=name,
                )
    for definition in find(statement, cst.ClassDef):
        owner = site.names.qualified(definition) or definition.name.value
        for _, member, twin in Members(
            site.names.definitions, site.libraries, owner
        ).renamed():
            raise Refused(
                f"this class stays as it is, and the twin calls its {member} {twin} "
                "elsewhere",
                "mark less of it, or keep the name by a row of the configuration",
                node=definition.name,
            )
