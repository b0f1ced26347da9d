"""A parameter that requests a pytest fixture is renamed together with the fixture.

`async def test_x(aconn)` requests the fixture `aconn` by the name of the parameter. If
the fixture is called `conn` in the twin, the parameters of tests and fixtures are
renamed too, wherever they are used. The same holds for strings that name fixtures
(`named_string`), in `usefixtures()`, `getfixturevalue()`, `parametrize()` and
`fixture(name=...)`.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.symbols.fixtures import function_given
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite


@rewrite("TW237", cst.Name)
def rename_parameter(site: Site[cst.Name]) -> cst.Name | None:
    name, renames = site.old.value, site.libraries.renames
    if renames is None or name not in site.names.definitions.fixtures:
        return None
    twin = renames.word(name)
    function = function_given(site.names, site.old) if twin is not None else None
    if twin is None or function is None:
        return None
    first = next(iter(function.params.children), function)
    if site.names.uses_in_scope(first, twin) or _binds(function, twin):
        if not isinstance(site.names.parent(site.old), cst.Param):
            return None  # said once, of the parameter
        raise Refused(
            f"the fixture {name} becomes {twin} in the twin, which "
            f"{function.name.value} uses for something else",
            f"rename that {twin}",
        )
    return site.new.with_changes(value=twin)


def _binds(function: cst.FunctionDef, name: str) -> bool:
    """Return whether a function has a parameter of this name."""
    params = function.params
    every = [*params.posonly_params, *params.params, *params.kwonly_params]
    return any(each.name.value == name for each in every)
