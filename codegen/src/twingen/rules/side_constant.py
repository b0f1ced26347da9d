"""The constant that tells the sides apart is asked by `if` alone.

`side = "mylib._side.ASYNC"` in the configuration names it; its definition says
`ASYNC = True`, so that type checkers see both branches. Of `if ASYNC:` the twin
has the `elif` and `else` branches, of `if not ASYNC:` the body; the definition
and its imports go. Other uses are refused: the twin would need the value.
"""

from __future__ import annotations

import libcst as cst

from ..rule import Refused, Site, rewrite


@rewrite("TW231", cst.Name, cst.Attribute, cst.ImportFrom)
def refuse_other_uses(
    site: Site[cst.Name | cst.Attribute | cst.ImportFrom],
) -> None:
    constant = site.names.definitions.constant
    if not constant:
        return
    if isinstance(site.old, cst.ImportFrom):
        _check_import(site, site.old, constant)
        return
    if not site.names.is_reference(site.old):
        return
    if site.names.qualified(site.old) != constant:
        return
    name = constant.rpartition(".")[2]
    if site.names.is_definition(site.old):
        raise Refused(
            f"the constant {name} tells the sides apart, so its source must say which",
            f"define it once, as `{name} = True`",
        )
    raise Refused(
        f"the twin has no {name}; only `if` statements may ask it",
        f"write `if {name}:` or `if not {name}:` as a statement, with nothing besides",
    )


def _check_import(
    site: Site[cst.Name | cst.Attribute | cst.ImportFrom],
    statement: cst.ImportFrom,
    constant: str,
) -> None:
    """Refuse what may be the constant under another name, which nobody would see."""
    home, _, name = constant.rpartition(".")
    module = site.names.imported_module(statement)
    if module is None or module.split(".")[0] != home.split(".")[0]:
        return
    if isinstance(statement.names, cst.ImportStar):
        hidden = module == home and not site.names.is_bound(name)
        hidden = hidden and site.names.is_looked_up(name)
    else:
        found = [alias.evaluated_name for alias in statement.names]
        hidden = module != home and name in found
    if hidden:
        raise Refused(
            f"this may be {constant}, which is known only where it is imported by "
            "name from its own module",
            f"write `from {home} import {name}`",
        )
