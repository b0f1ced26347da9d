"""The command line: which commands there are, their options, their exit codes.

Exit codes: 0 in step, 1 drift, 2 a source could not be converted, the configuration is
wrong or a file cannot be read or written, 130 interrupted by Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from ..diagnostics.diagnostic import ConfigurationError, ConversionError
from ..diagnostics.suggestions import did_you_mean
from ..reports.report import FORMATS
from ..version import __version__
from .console import FAILED, Console

# An example of each command, and the page that says more.
_EXAMPLES = {
    "init": ("twingen init --write", "codegen/docs/tutorial.md"),
    "build": ("twingen build", "codegen/docs/guide/commands.md"),
    "check": ("twingen check --no-cache --output-format github", "codegen/docs/ci.md"),
    "diff": ("twingen diff | less -R", "codegen/docs/guide/commands.md"),
    "preview": ("twingen preview /tmp/twins", "codegen/docs/adopting.md"),
    "watch": ("twingen watch", "codegen/docs/guide/commands.md"),
    "convert": (
        "twingen convert src/mylib/_async/client.py",
        "codegen/docs/guide/commands.md",
    ),
    "adopt": (
        "twingen adopt src/mylib/client.py --source src/mylib/_async/client.py",
        "codegen/docs/adopting.md",
    ),
    "explain": (
        "twingen explain src/mylib/_async/client.py:42",
        "codegen/docs/refusals/README.md",
    ),
    "where": ("python app.py 2>&1 | twingen where", "codegen/docs/guide/commands.md"),
    "lsp": ("twingen lsp", "codegen/docs/editors.md"),
}
_CHOICE = re.compile(r"invalid choice: '(?P<word>[^']*)' \(choose from (?P<known>.*)\)")
# As shells report a program that SIGINT has ended.
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _open_closed_streams()
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser(given[0] if given else "").parse_args(given)
    console = Console(
        options.command,
        root=options.project,
        output_format=getattr(options, "output_format", "text"),
        color=options.color,
        quiet=options.quiet,
        verbose=options.verbose,
    )
    try:
        code = _run(console, options)
        if not sys.stdout.closed:  # a language server's is, after its session
            sys.stdout.flush()
        return code
    except ConversionError as error:
        return console.refused(error)
    except ConfigurationError as error:
        return console.misconfigured(error)
    except BrokenPipeError:  # the reader has had enough, as in `twingen diff | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        print(
            "twingen: interrupted; the files that were written are complete",
            file=sys.stderr,
        )
        return INTERRUPTED
    except OSError as error:
        return console.failed(error)


def _open_closed_streams() -> None:
    """Give what was started with closed streams, as by `>&-`, empty ones."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, stream)


def _run(console: Console, options: argparse.Namespace) -> int:
    start: Path = options.project
    if options.command in ("build", "check", "diff"):
        from . import build_and_check

        project = build_and_check.project(
            console, start, cached=not options.no_cache, jobs=options.jobs
        )
        if options.command == "build":
            return build_and_check.build(console, project, force=options.force)
        if options.command == "check":
            return build_and_check.check(console, project, diff=options.diff)
        return build_and_check.diff(console, project)
    if options.command == "preview":
        from .preview import preview

        return preview(
            console,
            start,
            options.folder,
            cached=not options.no_cache,
            jobs=options.jobs,
        )
    if options.command == "watch":
        from .watch import watch

        return watch(console, start)
    if options.command == "lsp":
        from .lsp import lsp

        return lsp()
    if options.command == "convert":
        from .convert import convert_one

        return convert_one(console, start, options.file, options.stdin_filename)
    if options.command == "adopt":
        from .adopt import adopt

        return adopt(
            console,
            start,
            options.written,
            options.source,
            docstrings=options.docstrings,
        )
    if options.command == "explain":
        from .explain import explain

        return explain(console, start, options.what)
    if options.command == "where":
        from .where import where

        return where(console, start, options.place)
    from .init import init

    return init(console, start, write=options.write)


def _number(text: str) -> int:
    """Return a number from 0 on; argparse says which option lacks one."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 on")
    return int(text)


class _Parser(argparse.ArgumentParser):
    """A parser that names what may have been meant by a misspelt word."""

    def error(self, message: str) -> NoReturn:
        """Print a usage message and exit with 2."""
        if choice := _CHOICE.search(message):
            known = re.findall(r"[\w-]+", choice["known"])
            message += did_you_mean(choice["word"], known)
        super().error(message)


def _parser(first: str = "") -> argparse.ArgumentParser:
    """Return the parser of a command line that begins with this word.

    If that is a command, the options of the others are not asked for, and making their
    parsers would take a tenth of the time of a check.
    """
    parser = _Parser(
        prog="twingen",
        description="Generate the sync twin of async Python source.",
        epilog="`twingen COMMAND --help` shows an example. The guide is "
        "codegen/README.md; codegen/docs/tutorial.md starts with an empty "
        "folder.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument(
        "--project",
        type=Path,
        default=Path(),
        help="folder with the pyproject.toml, or a folder below it (default: the "
        "current one)",
    )
    common = _Parser(add_help=False)
    common.add_argument(
        "--quiet", "-q", action="store_true", help="print only what is wrong"
    )
    common.add_argument(
        "--verbose",
        "-v",
        action="store_true",
        help="show every place that is refused with its line, file by file",
    )
    common.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="auto follows NO_COLOR and FORCE_COLOR, and else uses colours on a "
        "terminal only",
    )
    common.add_argument(
        "--no-color",
        action="store_const",
        dest="color",
        const="never",
        help="the same as --color never",
    )
    reporting = _Parser(add_help=False, parents=[common])
    reporting.add_argument(
        "--output-format",
        choices=FORMATS,
        default="text",
        help="format of the results on standard output (default: text)",
    )
    working = _Parser(add_help=False)
    working.add_argument(
        "--no-cache",
        action="store_true",
        help="convert every source again, without the results of earlier runs",
    )
    working.add_argument(
        "--jobs",
        "-j",
        type=_number,
        default=0,
        metavar="N",
        help="number of processes (default: one for each core, in large projects)",
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_Parser
    )

    others = _Parser(add_help=False, conflict_handler="resolve")

    def add(
        name: str, *, help: str, parents: Sequence[_Parser]  # noqa: A002
    ) -> _Parser:
        if first in _EXAMPLES and first != name:
            return others
        example, page = _EXAMPLES[name]
        return commands.add_parser(
            name,
            help=help,
            description=f"{help[0].upper()}{help[1:]}.",
            epilog=f"example:\n  {example}\n\nmore: {page}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            parents=parents,
        )

    init = add("init", parents=[common], help="propose a configuration")
    init.add_argument(
        "--write", action="store_true", help="append it to pyproject.toml"
    )
    build = add(
        "build",
        parents=[reporting, working],
        help="write the twins that are not in step",
    )
    build.add_argument(
        "--force", action="store_true", help="overwrite twins that were edited by hand"
    )
    check = add(
        "check",
        parents=[reporting, working],
        help="report whether every twin is in step; write nothing",
    )
    check.add_argument("--diff", action="store_true", help="show the differences, too")
    preview = add(
        "preview",
        parents=[reporting, working],
        help="write the twins that can be converted to a folder of their own",
    )
    preview.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="FOLDER",
        help="where to write them; an earlier preview there is deleted (default: "
        "twingen-preview)",
    )
    add("watch", parents=[common], help="build after each save, until Ctrl-C")
    lsp = add("lsp", parents=[common], help="serve an editor; needs twingen[lsp]")
    lsp.add_argument(
        "--stdio",
        action="store_true",
        help="use standard input and output, which is the only way",
    )
    add(
        "diff",
        parents=[common, working],
        help="show what build would change; write nothing",
    )
    convert = add(
        "convert",
        parents=[reporting],
        help="print the twin of one source; - reads standard input",
    )
    convert.add_argument("file", help="a source, or - for standard input")
    convert.add_argument(
        "--stdin-filename",
        metavar="PATH",
        help="path of the source that is read from standard input",
    )
    adopt = add(
        "adopt",
        parents=[common],
        help="compare hand-written twins with those that would be generated",
    )
    adopt.add_argument(
        "written",
        nargs="?",
        type=Path,
        metavar="PATH",
        help="a folder or a file (default: the configured targets)",
    )
    adopt.add_argument(
        "--source", type=Path, help="the source of PATH, if that is not clear"
    )
    adopt.add_argument(
        "--docstrings", action="store_true", help="compare docstrings, too"
    )
    adopt.add_argument(
        "--output-format",
        choices=("text", "json"),
        default="text",
        help="format of the results on standard output (default: text)",
    )
    explain = add(
        "explain",
        parents=[common],
        help="print the manual of a code or rule, or what changed a line",
    )
    explain.add_argument(
        "what",
        nargs="*",
        metavar="CODE|RULE|PATH:LINE",
        help="or a whole message, as it was printed (default: list all codes)",
    )
    where = add(
        "where",
        parents=[common],
        help="print the line of the source for a line of a twin, or for the frames of "
        "a traceback",
    )
    where.add_argument(
        "place",
        nargs="?",
        default="-",
        metavar="PATH:LINE",
        help="a line of a twin (default: read a traceback from standard input)",
    )
    return parser
