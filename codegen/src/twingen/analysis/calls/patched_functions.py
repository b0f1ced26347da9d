"""Functions of asyncio that tests replace by their paths: `patch("asyncio.sleep")`.

Where tasks take turns, code of the sources that says `asyncio.sleep` looks such a
function up in the module of the runtime that has it, each time, so that the twin of
the test may replace it there. What has imported the function keeps it, as in the
source.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from ..types.string_literals import BY_PATH, function_by_fixtures

if TYPE_CHECKING:
    from ..symbols.definitions import Definitions
    from ..types.typed_names import TypedNames

# The module of the runtime that has one of these calls it by its name as well: who
# replaces it there would change more than in asyncio.
USED_WITHIN = {
    f"asyncio.{name}"
    for name in (
        "create_eager_task_factory", "current_task", "gather",
        "get_event_loop_policy", "isfuture", "shield",
    )
}  # fmt: skip


def paths_patched(names: TypedNames) -> Iterator[str]:
    """Yield the paths in a module that may be of asyncio and are replaced."""
    for call in names.nodes.of(cst.Call):
        first = call.args[0].value if call.args else None
        if not isinstance(first, cst.SimpleString):
            continue
        path = first.evaluated_value
        is_of_asyncio = isinstance(path, str) and "asyncio." in path
        if is_of_asyncio and function_by_fixtures(names, call.func) in BY_PATH:
            yield str(path)


def is_patched(definitions: Definitions, qualified: str) -> bool:
    """Recognize a function of asyncio that is looked up where it is called."""
    if not qualified.startswith("asyncio.") or qualified in USED_WITHIN:
        return False
    if qualified.count(".") > 1 or not qualified[len("asyncio.")].islower():
        return False
    return any(
        definitions.original(path) == qualified
        for path in definitions.patched
        if path.endswith(f".{qualified}") or path == qualified
    )
