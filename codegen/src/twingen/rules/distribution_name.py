"""A package that looks up its own distribution finds the same one in the twin.

`importlib.metadata.version(__package__)` looks up the distribution with the name of the
package. The twin is another package of the same distribution. Therefore `__package__`
and `__name__` become strings with their values in the source. The same holds for the
other functions that take the name of a distribution, and for those of `pkg_resources`.
"""

from __future__ import annotations

import json

import libcst as cst

from .rule import Site, rewrite

_FUNCTIONS = {
    f"{home}.{name}"
    for home in ("importlib.metadata", "importlib_metadata")
    for name in ("distribution", "files", "metadata", "requires", "version")
} | {f"pkg_resources.{name}" for name in ("get_distribution", "require")}
_OWN = {"__name__", "__package__"}


@rewrite("TW145", cst.Name)
def name_of_source(site: Site[cst.Name]) -> cst.SimpleString | None:
    name, names = site.old, site.names
    if name.value not in _OWN or names.is_bound(name.value):
        return None
    if names.package == names.twin.partition(".")[0]:
        return None
    if not names.is_reference(name) or not _is_asked_for(site):
        return None
    is_inside = name.value == "__package__" and not names.is_package
    own = names.module.rpartition(".")[0] if is_inside else names.module
    return cst.SimpleString(json.dumps(own))


def _is_asked_for(site: Site[cst.Name]) -> bool:
    """Return whether a name is, or is part of, the name of a distribution."""
    node: cst.CSTNode = site.old
    for parent in site.names.ancestors(node):
        if isinstance(parent, cst.Call) and isinstance(node, cst.Arg):
            called = site.names.meanings(parent.func)
            if node is parent.args[0] and not _FUNCTIONS.isdisjoint(called - {None}):
                return True
        if isinstance(parent, (cst.BaseStatement, cst.BaseSmallStatement)):
            return False
        node = parent
    return False
