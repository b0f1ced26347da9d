"""convert: the twin of one source, for editors and for a first look."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from ..conversion import Settings, convert
from ..project.config import find_root
from ..project.disk import decode
from ..project.plan import Plan
from ..syntax.source import has_no_twin
from ..telling.diagnostic import ConfigurationError, ConversionError, Diagnostic
from ..tracing.lookup import Lookup
from .console import IN_STEP, Console
from .inputs import configured, read, standard_input


def convert_one(
    console: Console, start: Path, file: str, stdin_filename: str | None
) -> int:
    """Print the twin of one source, by the configuration that covers it."""
    if file == "-":
        content, name = standard_input(), stdin_filename
    else:
        content, name = read(Path(file)), file
    twin = _twin(console, start, content, name)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(twin)
    return IN_STEP


def _twin(console: Console, start: Path, content: bytes, name: str | None) -> str:
    if name is not None:
        path = Path(name).resolve()
        near = path.parent if start == Path() and path.parent.is_dir() else start
        try:
            root = find_root(near.resolve())
        except ConfigurationError:
            root = None
        if root is not None:
            config = configured(console, root)
            if not path.is_relative_to(root):
                path = (root / name).resolve()
            plan = Plan(config, texts={path: content})
            target = Lookup(config, plan).target_of(path)
            if target is not None and plan.files[target].path == path:
                return plan.convert(target)
            if any(tree.source in path.parents for tree in config.trees):
                plan.read()
                return ""  # for the async side only
    try:
        text = decode(content)
    except SyntaxError as error:
        raise ConversionError(
            [
                Diagnostic(
                    name or "<stdin>",
                    *(1, 1, "TW003", "encoding", str(error.msg), "save it as UTF-8"),
                )
            ]
        ) from None
    if has_no_twin(text):
        return ""
    return convert(text, settings=Settings(runtime=None), path=name or "<stdin>").text
