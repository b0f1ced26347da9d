"""The command line: `twingen build`, `check` and `diff`.

Exit codes: 0 in step, 1 drift, 2 a source could not be converted or the
configuration is wrong.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from . import __version__
from .config import find_root, load
from .diagnostic import ConfigurationError, ConversionError
from .tree import Difference, Drift, Project

IN_STEP, DRIFT, FAILED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        project = Project(load(find_root(options.project.resolve())))
        if options.command == "build":
            return _build(project, force=options.force)
        if options.command == "check":
            return _check(project, diff=options.diff)
        return _diff(project)
    except ConversionError as error:
        print(error, file=sys.stderr)
        count = len(error.diagnostics)
        places = "place" if count == 1 else "places"
        print(f"twingen: refused at {count} {places}; nothing written", file=sys.stderr)
    except ConfigurationError as error:
        print(f"twingen: {error}", file=sys.stderr)
    return FAILED


def _build(project: Project, *, force: bool) -> int:
    changed, left = project.write(force=force)
    _report(project, left)
    if any(difference.drift is Drift.EDITED for difference in left):
        print(
            "twingen: nothing written; move the edits to the sources, or overwrite "
            "them with `twingen build --force`",
            file=sys.stderr,
        )
        return DRIFT
    print(f"{_count(project)}: {len(changed)} written")
    return DRIFT if left else IN_STEP


def _check(project: Project, *, diff: bool) -> int:
    differences = project.differences()
    _report(project, differences)
    if not differences:
        print(f"{_count(project)} in step")
        return IN_STEP
    if diff:
        sys.stdout.writelines(project.diff())
    print("twingen: mend with `twingen build`", file=sys.stderr)
    return DRIFT


def _diff(project: Project) -> int:
    lines = list(project.diff())
    sys.stdout.writelines(lines)
    return DRIFT if project.differences() else IN_STEP


def _report(project: Project, differences: Sequence[Difference]) -> None:
    for difference in differences:
        origin = f" (from {difference.origin})" if difference.origin else ""
        path = project.display(difference.path)
        print(f"{path}: {difference.drift.value}{origin}", file=sys.stderr)


def _count(project: Project) -> str:
    return f"{len(project.outputs)} files"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="twingen", description="Generate the sync twin of async Python source."
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument(
        "--project",
        type=Path,
        default=Path(),
        help="folder of the pyproject.toml, or one below it (default: this one)",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="write the twins that are not in step")
    build.add_argument(
        "--force", action="store_true", help="overwrite twins that were edited by hand"
    )
    check = commands.add_parser(
        "check", help="say whether every twin is in step; write nothing"
    )
    check.add_argument("--diff", action="store_true", help="show the differences too")
    commands.add_parser("diff", help="show what build would change; write nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
