"""What is said of a source that has a twin and may be wrong all the same."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from ..analysis.tasks.shared_state import Shared, shared_state
from ..analysis.types.typed_names import TypedNames
from ..diagnostics.diagnostic import Diagnostic
from ..syntax.source import Source, lines_of


def notes_of_threads(source: Source, names: TypedNames) -> Iterator[Diagnostic]:
    """Yield what threads may mix up that are tasks in the source."""
    for shared in shared_state(names):
        place = names.place(shared.node)
        if place is None:
            continue
        line, column = place.start.line, place.start.column
        lines = lines_of(source.text)
        excerpt = lines[line - 1] if line <= len(lines) else ""
        end = place.end.column if place.end.line == line else len(excerpt)
        yield Diagnostic(
            path=source.path,
            line=line,
            column=column + 1,
            code="TW017",
            rule="shared",
            message=_message(shared, names, line),
            help="hold one asyncio.Lock around all that belongs together, in each of "
            'these functions; or set tool.twingen.tasks = "turns"',
            excerpt=excerpt,
            width=max(end - column, 1),
        )


def _message(shared: Shared, names: TypedNames, line: int) -> str:
    read = names.place(shared.read) if shared.read is not None else None
    functions = ", ".join(f"{each}()" for each in shared.functions)
    owner = names.enclosing(shared.node, cst.ClassDef) if shared.owner else None
    what = shared.name if owner is None else f"{shared.name} of {owner.name.value}"
    if shared.read is None:
        done = "is written"
    elif read is not None and read.start.line != line:
        done = f"is read in line {read.start.line} and written here"
    else:
        done = "is read and written"
    several = " in several tasks" if shared.often and len(shared.functions) == 1 else ""
    return (
        f"{what} {done} by {functions}{several} without a lock; threads, unlike tasks, "
        "switch between any two lines"
    )
