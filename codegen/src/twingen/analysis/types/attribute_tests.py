"""What is asked of a module by name: `hasattr(asyncio, "timeout")`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from ..symbols.library_tables import Libraries
    from ..symbols.names import Names

_ASKING = {"builtins.getattr", "builtins.hasattr"}


def asked_of_module(names: Names, libraries: Libraries, call: cst.Call) -> str | None:
    """Return the name that a call asks for, if the runtime has it."""
    if names.qualified(call.func) not in _ASKING or len(call.args) < 2:
        return None
    module, name = call.args[0].value, call.args[1].value
    text = name.evaluated_value if isinstance(name, cst.SimpleString) else None
    if names.qualified(module) != "asyncio" or not isinstance(text, str):
        return None
    qualified = f"asyncio.{text}"
    verdict = libraries.verdict(qualified)
    has = verdict is not None and verdict.becomes.startswith("twingen.runtime.")
    return qualified if has else None
