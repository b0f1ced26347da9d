"""The strings of `__all__` follow the names they stand for."""

from __future__ import annotations

import libcst as cst

from ..rule import Site, rewrite


@rewrite("TW203", cst.SimpleString)
def rename_export(site: Site[cst.SimpleString]) -> cst.SimpleString | None:
    if not any(_assigns_all(node) for node in site.names.ancestors(site.old)):
        return None
    name = site.old.evaluated_value
    if not isinstance(name, str) or not name.isidentifier():
        return None
    twin = site.twin_at(cst.Name(name), site.old)
    if not isinstance(twin, cst.Name):
        return None
    quote = site.old.quote
    return site.new.with_changes(value=f"{site.old.prefix}{quote}{twin.value}{quote}")


def _assigns_all(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        targets = [node.func.value]  # __all__.extend([...])
    elif isinstance(node, cst.Assign):
        targets = [target.target for target in node.targets]
    elif isinstance(node, (cst.AnnAssign, cst.AugAssign)):
        targets = [node.target]
    else:
        return False
    return any(isinstance(t, cst.Name) and t.value == "__all__" for t in targets)
