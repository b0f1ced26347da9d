"""Imports modules, and writes what Python says of each to a file as JSON.

It runs in a Python without site-packages (`-S`), with the paths it is given: what a
release requires is there, and nothing else.

    python -S import_modules.py MODULES_AND_PATHS FILE
"""

from __future__ import annotations

import importlib
import json
import re
import sys
import traceback
from pathlib import Path
from types import ModuleType

_FROM = re.compile("cannot import name '(.+?)' from '(.+?)'")


def said_of(name: str) -> dict[str, object] | None:
    """Import a module; return what is said if that fails.

    `missing` are the modules that may be what is not there.
    """
    try:
        importlib.import_module(name)
    except BaseException as error:  # a module may call sys.exit()
        missing: list[str] = []
        each: BaseException | None = error
        while each is not None:
            missing += _missing(each)
            each = each.__cause__ or each.__context__
        *_, frame = traceback.extract_tb(error.__traceback__)
        text = f"{type(error).__name__}: {error} ({frame.filename}:{frame.lineno})"
        return {"text": text, "missing": missing}
    return None


def _missing(error: BaseException) -> list[str]:
    if isinstance(error, ModuleNotFoundError):
        return [error.name or ""]
    if isinstance(error, ImportError) and (found := _FROM.match(str(error))):
        package = sys.modules.get(found[2])
        # A package whose own module is not there has a folder, and no file.
        gone = package is not None and getattr(package, "__file__", None) is None
        return [f"{found[2]}.{found[1]}", *([found[2]] if gone else [])]
    if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        return [f"{error.obj.__name__}.{error.name}", error.obj.__name__]
    return []


if __name__ == "__main__":
    names, paths = json.loads(sys.argv[1])
    sys.path[:0] = paths
    answers = {name: said_of(name) for name in names}
    Path(sys.argv[2]).write_text(json.dumps(answers), encoding="utf-8")
