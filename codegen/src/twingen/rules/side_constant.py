"""A constant that distinguishes the two sides is replaced by its value.

`side = "mylib._side.ASYNC"` in the configuration names the constant. It is defined as
`ASYNC = True`, so that type checkers see both branches. The twin has the `elif` and
`else` branches of `if ASYNC:`, and the body of `if not ASYNC:`. In other expressions
it has `False`. The definition and its imports are left out. `side` may also be a
table of constants, functions and decorators: see *Code for one side only* in the guide.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.sides.side_configuration import SideTable
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite


@rewrite("TW231", cst.Name, cst.Attribute, cst.ImportFrom)
def refuse_other_uses(
    site: Site[cst.Name | cst.Attribute | cst.ImportFrom],
) -> None:
    rows = site.names.definitions.side
    if not rows:
        return
    table = SideTable(rows)
    if isinstance(site.old, cst.ImportFrom):
        for row, value in table.rows.items():
            if isinstance(value, bool) and ".**." not in row:
                _check_import(site, site.old, row)
        return
    if not site.names.is_reference(site.old):
        return
    qualified = site.names.qualified(site.old) or ""
    found = table.constant(qualified) or table.constant(f"{qualified}()")
    if found is None or isinstance(site.names.parent(site.old), cst.FunctionDef):
        return
    name = found.row.rpartition(".")[2]
    if site.names.is_definition(site.old):
        raise Refused(
            f"the constant {name} distinguishes the sides, so its definition must say "
            "which side it is",
            f"define it once, as `{name} = {found.value}`",
        )
    raise Refused(
        f"the twin has no {name}, and it is passed on here",
        f"test `{name}` itself, or pass it as an argument of a function that is "
        "called by its name",
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
