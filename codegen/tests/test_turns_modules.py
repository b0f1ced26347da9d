"""The modules of the turns runtime: they are copied by what they import."""

from __future__ import annotations

import ast
import asyncio
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from twingen.analysis.calls.patched_functions import USED_WITHIN
from twingen.analysis.symbols.library_tables import built_in_libraries
from twingen.runtime.turns import (
    abstract_event_loop,
    event_loop,
    reprs,
    user_functions,
)

FOLDER = Path(__file__).parents[1] / "src" / "twingen" / "runtime" / "turns"
MODULES = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts): ast.parse(
        path.read_text("utf-8")
    )
    for path in FOLDER.rglob("*.py")
}
# Its exceptions are those that users catch; it loads no event loop.
OF_ANYIO = {"anyio.errors": {"anyio"}}


def imports(module: str) -> set[str]:
    """Return the modules of the runtime that one imports, wherever it does so."""
    found = set()
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.ImportFrom) and node.level:
            home = module.split(".")[: -node.level]
            assert len(home) == module.count(".") + 1 - node.level
            assert node.module is not None, "what is copied is found by its name"
            found.add(".".join([*home, node.module]))
    assert found <= set(MODULES)
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
            assert top in {*sys.stdlib_module_names, *OF_ANYIO.get(module, ())}
            assert top != "asyncio"


def test_each_module_alone_finds_the_shared_loop() -> None:
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


def test_the_modules_for_anyio_load_no_event_loop() -> None:
    pytest.importorskip("anyio")
    names = sorted(name for name in MODULES if name.startswith("anyio."))
    program = f"""
import sys
sys.path[:] = {[str(FOLDER.parents[2]), *sys.path]!r}
from importlib import import_module
for name in {names!r}:
    import_module(f"twingen.runtime.turns.{{name}}")
print(*sorted({{"asyncio", "trio"}} & sys.modules.keys()))
"""
    command = [sys.executable, "-I", "-c", program]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == "\n"


def test_functions_that_a_test_may_replace() -> None:
    # Who replaces `asyncio.sleep` must not change what else asyncio does: no function
    # of the runtime calls another of its module by a public name of asyncio.
    tables = built_in_libraries("turns")
    found = set()
    for name in asyncio.__all__:
        verdict = tables.verdict(f"asyncio.{name}")
        module, _, twin = verdict.becomes.rpartition(".") if verdict else ("", "", "")
        home = module.rpartition(".")[2]
        if module != f"twingen.runtime.turns.{home}" or not name.islower():
            continue
        for function in ast.walk(MODULES[home]):
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                used = {e.id for e in ast.walk(function) if isinstance(e, ast.Name)}
                if twin in used:
                    found.add(f"asyncio.{name}")
    assert found <= USED_WITHIN


def test_modules_that_strings_name_exist() -> None:
    named = {*reprs._ADDED, *user_functions._OF_TWINS}
    assert {name.rpartition(".")[2] for name in named} <= set(MODULES)


def test_loop_implements_its_interface() -> None:
    interface, loop = abstract_event_loop.AbstractEventLoop, event_loop.EventLoop
    abstract = {
        name: value for name, value in vars(interface).items() if callable(value)
    }
    assert len(abstract) > 40
    assert not [name for name in abstract if getattr(loop, name) is abstract[name]]
    # Nor do the classes between them leave a method to others.
    left = [
        name
        for name, value in inspect.getmembers(loop, inspect.isfunction)
        if value.__code__.co_names == ("NotImplementedError",)
    ]
    assert not left
