"""Converts anyio's own tests and runs them in both forms.

The tests are those of the release on PyPI, and nothing of them is in this repository.
`left_out.toml` names what is taken out of both forms, as it asks for the inside of
anyio or for what is refused. Each test function that passes on asyncio must pass in the
twin, but for those that the file names. The exit code is 1 when one does not.

    python codegen/anyio_tests/run.py
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "adopted"))

from releases import unpack_source  # noqa: E402

VERSION = "4.16.0"
SHA256 = "59bb03251907983d1603d27c3087ddb1e93299ea2163adcdba37899a4fb12ffb"
TABLES = tomllib.loads((HERE / "left_out.toml").read_text(encoding="utf-8"))
FILES = [
    *("test_debugging", "test_eventloop", "test_fileio", "test_from_thread"),
    *("test_lowlevel", "test_subprocesses", "test_synchronization"),
    *("test_taskgroups", "test_to_thread"),
    *("streams/test_file", "streams/test_memory"),
    *("streams/test_stapled", "streams/test_text"),
]
# What nothing uses then, and is refused where it is imported.
UNUSED = [
    *("BufferedByteReceiveStream", "ObjectStreamConnectable", "TextConnectable"),
    *("_MemoryObjectItemReceiver", "get_async_backend"),
]
SETTINGS = """\
[tool.twingen]
tasks = "turns"
runtime = "tests._runtime"
[[tool.twingen.trees]]
source = "tests"
target = "twins/tests"
module = "tests"
twin = "tests"
"""
PYTEST = ["-p", "no:cacheprovider", "-W", "ignore", "-rA", "--tb=short", "-q"]
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LINE = re.compile(r"(PASSED|FAILED|ERROR) \w+/(\S+?)(?:\[.*)?(?: - .*)?$")


def prepare(root: Path) -> None:
    """Unpack the tests, without what is taken out."""
    cache = user_cache_path("twingen-anyio-tests", appauthor=False)
    given = unpack_source("anyio", VERSION, SHA256, cache) / "tests"
    for name in [*FILES, "__init__", "streams/__init__"]:
        target = root / "tests" / f"{name}.py"
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (given / f"{name}.py").read_text(encoding="utf-8")
        target.write_text(without(text, set(TABLES["removed"])), encoding="utf-8")
    fixtures = (HERE / "fixtures.py").read_text(encoding="utf-8")
    (root / "tests" / "conftest.py").write_text(fixtures, encoding="utf-8")
    (root / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "pytest.ini").write_text("[pytest]\nanyio_mode = auto\n", encoding="utf-8")


def without(text: str, removed: set[str]) -> str:
    """Return a module without some functions and classes."""
    lines = text.splitlines(keepends=True)
    for first, last in sorted(_places(ast.parse(text), removed), reverse=True):
        lines[first - 1 : last] = ["\n"]
    left = "".join(lines)
    for name in UNUSED:
        left = re.sub(rf"^( *{name},|from \S+ import {name})\n", "", left, flags=re.M)
    return left


def _places(tree: ast.AST, removed: set[str]) -> Iterator[tuple[int, int]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, _NAMED) and node.name in removed:
            first = min(each.lineno for each in [node, *node.decorator_list])
            yield first, node.end_lineno or first
        else:
            yield from _places(node, removed)


def outcomes(root: Path) -> Mapping[str, set[str]]:
    """Run the tests below a folder; return what came of each function."""
    command = [sys.executable, "-m", "pytest", *PYTEST, "tests"]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in done.stdout.splitlines():
        if match := _LINE.match(line):
            found[match[2]].add(match[1])
    if not found:
        raise SystemExit(f"{root}: no test ran\n{done.stdout}\n{done.stderr}")
    return found


def main() -> int:
    """Print what passes in both forms; return 1 if something does not in the twin."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    if version("anyio") != VERSION:
        raise SystemExit(f"the tests are those of anyio {VERSION}; install that")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        prepare(root)
        build = [sys.executable, "-m", "twingen", "build", "--quiet"]
        subprocess.run(build, cwd=root, check=True)
        shutil.copy(HERE / "loops.py", root / "twins" / "conftest.py")
        shutil.copy(root / "pytest.ini", root / "twins")
        source, twin = outcomes(root), outcomes(root / "twins")
    passed = {test for test, found in source.items() if found == {"PASSED"}}
    lost = {test for test in passed if twin.get(test, set()) != {"PASSED"}}
    print(f"of {len(passed)} test functions {len(passed - lost)} pass in the twin")
    for test in sorted(lost):
        print(f"  {test}: {TABLES['differs'].get(test, 'should pass')}")
    unused = TABLES["differs"].keys() - lost
    for test in sorted(unused):
        print(f"  {test} passes, or is none: it need not be named")
    return 1 if unused or lost - TABLES["differs"].keys() else 0


if __name__ == "__main__":
    sys.exit(main())
