"""Programs do the same with asyncio as their twins do without.

`programs/*.py` hold examples; each one is run in both forms, and what it
returned, printed and raised is compared.
"""

from __future__ import annotations

import textwrap
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from support.await_positions import PRELUDE, functions
from support.program_runner import (
    EXAMPLE,
    FOLDER,
    Unformatted,
    can_run,
    examples,
    load,
    outcome,
    twin_of,
    ways,
)
from twingen.analysis.symbols.library_tables import Tasks
from twingen.diagnostics.diagnostic import ConversionError

PROGRAMS = sorted(FOLDER.glob("*.py"))


@pytest.fixture(scope="module", params=["threads", "turns"])
def both(request: pytest.FixtureRequest) -> tuple[ModuleType, ModuleType]:
    """Return the module of all these functions, and its twin."""
    code = PRELUDE
    for name, body in functions().items():
        code += f"async def {name}():\n" + textwrap.indent(body, "    ") + "\n"
    return load(code, "table"), load(twin_of(code, Unformatted, request.param), "twin")


# Without `::` in their names they stay together, and the fixture is made once.
@pytest.mark.parametrize(("name", "body"), functions().items(), ids=functions())
def test_around_await(
    name: str, body: str, both: tuple[ModuleType, ModuleType]
) -> None:
    asynchronous, twin = (outcome(module, name) for module in both)
    assert twin == asynchronous
    result, printed, error = twin
    fails = ("await boom())", "/ await zero", ".missing", "assert await zero", "raise ")
    if error:
        assert any(body.startswith("return (" + f) or f in body for f in fails), error
    assert result or printed or error


@cache
def program(file: str, tasks: Tasks) -> tuple[ModuleType, ModuleType]:
    """Return a program of the folder, and its twin."""
    code = (FOLDER / f"{file}.py").read_text(encoding="utf-8")
    twin = twin_of(code, Unformatted, tasks)
    return load(code, file), load(twin, f"{file}_{tasks}")


@pytest.mark.parametrize(("file", "function", "tasks"), examples())
def test_program(file: str, function: str, tasks: Tasks) -> None:
    asynchronous, twin = (outcome(module, function) for module in program(file, tasks))
    result, printed, error = asynchronous
    if tasks == "threads":
        # The one exception that has another name in the sync protocol.
        error = error.replace("StopAsyncIteration", "StopIteration")
    assert twin == (result, printed, error)
    assert twin != ("None", "", ""), "the example shows nothing"


@pytest.mark.parametrize(
    "path",
    [path for path in PROGRAMS if len(ways(path.read_text(encoding="utf-8"))) == 1],
    ids=lambda path: path.stem,
)
def test_the_other_way_is_refused(path: Path) -> None:
    """What a program is kept from is refused, and not done wrong."""
    code = path.read_text(encoding="utf-8")
    other: Tasks = "turns" if ways(code) == ["threads"] else "threads"
    with pytest.raises(ConversionError):
        twin_of(code, Unformatted, other)


def test_every_program_is_run(capsys: pytest.CaptureFixture[str]) -> None:
    here = len({(file, function) for file, function, _ in examples()})
    everywhere = sum(len(EXAMPLE.findall(path.read_text())) for path in PROGRAMS)
    with capsys.disabled():
        print(f" {here} of {everywhere} programs, {len(functions())} table functions ")
    assert everywhere >= 150
    assert here >= 150
    assert len(functions()) >= 150
    files = {
        path.stem for path in PROGRAMS if can_run(path.read_text(encoding="utf-8"))
    }
    assert files == {file for file, *_ in examples()}
