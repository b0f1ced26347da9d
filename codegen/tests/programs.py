"""Runs one async program with asyncio and its twin without; see `test_execution`."""

from __future__ import annotations

import asyncio
import contextlib
import io
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import twingen.runtime
from twingen.convert import Settings, convert

# The twins of these programs import the runtime from where twingen has it.
RUNTIME = "twingen.runtime"


def outcome(code: str, *, is_async: bool) -> tuple[str, str]:
    """Run `main()` of a program; return what it printed and the exception's type."""
    module = types.ModuleType("__program__")
    sys.modules["__program__"] = module
    printed = io.StringIO()
    error = ""
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(code, "<program>", "exec"), vars(module))
            result = module.main()
            if is_async:
                result = asyncio.run(result)
            print("returned", repr(result))
        except BaseException as raised:
            error = f"{type(raised).__name__}: {raised}"
        finally:
            del sys.modules["__program__"]
    return printed.getvalue(), error


def both_outcomes(code: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return what an async program and its twin did."""
    twin = convert(code, settings=Settings(runtime=RUNTIME)).text
    return outcome(code, is_async=True), outcome(twin, is_async=False)


def programs(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (name, code) of every program in the text files of a folder."""
    for path in sorted(folder.glob("*.txt")):
        for part in path.read_text(encoding="utf-8").split("\n#### ")[1:]:
            title, _, code = part.partition("\n")
            yield f"{path.stem}: {title.strip()}", code


assert twingen.runtime.__file__ is not None
