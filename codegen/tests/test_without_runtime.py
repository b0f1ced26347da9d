"""What a twin needs of the runtime, in a project that has no place for it."""

from __future__ import annotations

import re

import pytest

import twingen
from support.sample_project import Project
from twingen.conversion.convert import Settings, convert
from twingen.diagnostics.diagnostic import ConversionError

_LINE = 'runtime = "pkg_sync.runtime"'
REASONS = {
    "await asyncio.gather(f(), f())": "has no place for it",
    "asyncio.create_task(f())": "has no place for it",
    "await asyncio.gather(*hidden)": "cannot be started in threads here",
    "asyncio.create_task(f(), context=None)": "only the coroutine call and a name",
}


@pytest.mark.parametrize("statement", REASONS)
def test_real_reason_comes_first(statement: str) -> None:
    text = (
        "import asyncio\nasync def f(): ...\n"
        f"async def g(hidden):\n    task = {statement}\n"
    )
    with pytest.raises(ConversionError) as caught:
        convert(text, settings=Settings(runtime=None))
    assert [REASONS[statement] in d.message for d in caught.value.diagnostics] == [True]


def test_nothing_is_said_where_the_runtime_is_not_needed() -> None:
    text = "import asyncio\nasync def f():\n    await asyncio.sleep(1)\n"
    assert "time.sleep(1)" in convert(text, settings=Settings(runtime=None)).text


def test_missing_runtime_is_said_once_for_all_twins(project: Project) -> None:
    project.replace("pyproject.toml", 'runtime = "pkg_sync.runtime"\n', "")
    client = project.read("src/pkg/client.py")
    for name in ("other", "third"):
        project.write(f"src/pkg/{name}.py", client + client.split("\n\n\n")[-1])
    run = project.run("build")
    assert run.code == 2
    assert run.err.count("TW018") == 1
    assert run.err.startswith("pyproject.toml:2:1: TW018 runtime: the twins of ")
    assert "src/pkg/client.py and 2 more need twingen's runtime" in run.err
    assert "[tool.twingen]\n" in run.err
    assert "refused at 1 place;" in run.err


def test_the_remedy_works(project: Project) -> None:
    before = project.read("pyproject.toml")
    project.replace("pyproject.toml", 'runtime = "pkg_sync.runtime"\n', "")
    err = project.run("build").err
    remedy = re.search(r"set (runtime = \S+) here", err)
    assert remedy is not None
    project.write("pyproject.toml", before.replace(_LINE, remedy[1]))
    assert project.run("build").code == 0
    assert project.run("check").code == 0


def test_other_refusals_are_said_as_well(project: Project) -> None:
    project.replace("pyproject.toml", 'runtime = "pkg_sync.runtime"\n', "")
    project.append("src/pkg/client.py", "\n\nasync def f(x):\n    await x\n")
    err = project.run("build").err
    assert (err.count("TW018"), err.count("TW102")) == (1, 1)


def test_every_source_has_its_own_in_a_preview(project: Project) -> None:
    project.replace("pyproject.toml", f"{_LINE}\n", "")
    refused = {
        each.source.name: [found.code for found in each.refusals]
        for each in twingen.convert_project(project.root)
        if each.refusals
    }
    assert refused == {"client.py": ["TW018"]}
    assert project.run("preview").err.count("TW018") == 1
