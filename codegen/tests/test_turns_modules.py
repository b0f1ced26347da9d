"""The modules of the turns runtime: they are copied by what they import."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "src" / "twingen" / "runtime" / "turns"
MODULES = {
    path.stem: ast.parse(path.read_text("utf-8")) for path in FOLDER.glob("*.py")
}


def imports(module: str) -> set[str]:
    """Return the modules of the runtime that one imports when it is imported."""
    found = set()
    for node in MODULES[module].body:
        if isinstance(node, ast.ImportFrom) and node.level:
            assert node.level == 1
            assert node.module in MODULES
            found.add(node.module)
    return found


def test_imports_go_one_way() -> None:
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path, module))
        if module not in done:
            for each in imports(module):
                visit(each, (*path, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


@pytest.mark.parametrize("module", sorted(MODULES))
def test_nothing_but_the_standard_library_without_asyncio(module: str) -> None:
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert node.module is not None
            names = [node.module]
        else:
            continue
        for name in names:
            top = name.partition(".")[0]
            assert top in sys.stdlib_module_names
            assert top != "asyncio"


def test_each_module_alone_finds_the_home_loop() -> None:
    # In a process without what other tests have imported.
    program = "; ".join(
        [
            "import sys",
            f"sys.path.insert(0, {str(FOLDER.parents[2])!r})",
            "from twingen.runtime.turns.waiting import sleep",
            "sleep(0)",
            "assert 'asyncio' not in sys.modules",
            "print('slept')",
        ]
    )
    command = [sys.executable, "-I", "-c", program]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == "slept\n"
