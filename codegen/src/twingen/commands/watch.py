"""watch: build after each save."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path

from ..diagnostics.diagnostic import ConfigurationError, ConversionError
from ..formatting.formatting_cache import Layouts
from ..project.config import find_root, load
from ..project.twin_folders import Difference, Drift, Project
from ..project.watching import Watched, builds
from ..source_map import drift_report as drift
from .build_and_check import change, project, tell
from .console import IN_STEP, Console


def watch(console: Console, start: Path) -> int:
    """Build after each save until Ctrl-C; what is refused waits for the next one."""
    root = find_root(start.resolve())
    layouts = Layouts()
    import_module("twingen.project.batch")  # or the first save would wait for it
    console.good(f"watching {root}; Ctrl-C ends")
    with suppress(KeyboardInterrupt):
        for tell_outcome in builds(
            lambda: watched(root), lambda: _build(console, root, layouts)
        ):
            tell_outcome()
            sys.stdout.flush()
    return IN_STEP


def watched(root: Path) -> Watched:
    """Return what a build reads and writes; without configuration, what it lacks."""
    file = root / "pyproject.toml"
    try:
        config = load(root)
    except ConfigurationError:
        return Watched((file,), ())
    return Watched(
        (
            file,
            *config.tables,
            *(config.ruff.watched() if config.ruff is not None else ()),
            *(tree.source for tree in config.trees),
            *(page for pattern in config.pages for page in root.glob(pattern)),
        ),
        tuple(tree.target for tree in config.trees),
    )


def _build(console: Console, root: Path, layouts: Layouts) -> Callable[[], object]:
    """Build; return a function that prints how it ended."""
    try:
        tree = project(console, root, cached=True, jobs=0, layouts=layouts)
        changed, left = tree.write()
    except ConversionError as error:
        return partial(console.refused, error)
    except ConfigurationError as error:
        return partial(console.misconfigured, error)
    except FileNotFoundError as error:
        return partial(console.note, f"{error.filename} disappeared while it was read")
    except OSError as error:
        return partial(console.failed, error)
    return partial(_tell, console, tree, changed, left)


def _tell(
    console: Console,
    tree: Project,
    changed: list[Difference],
    left: list[Difference],
) -> None:
    for each in changed:
        console.good(change(tree, each))
    console.warn(tree.plan.notes)
    tell(console, tree, left)
    if any(each.drift is Drift.EDITED for each in left):
        console.note("nothing written; " + drift.advice(left))
