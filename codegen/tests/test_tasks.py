"""What tasks become in a twin: as it is configured, or as the sources need."""

from __future__ import annotations

from pathlib import Path

import pytest

import twingen
from support.sample_project import PYPROJECT, Project, new_project

SOURCE = "src/pkg/client.py"
TWIN = "out/pkg_sync/client.py"
CANCELS = """

async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
"""


@pytest.fixture
def inferred(tmp_path: Path) -> Project:
    """A project that says nothing of its tasks."""
    plain = PYPROJECT.replace('tasks = "threads"\n', "")
    return new_project(tmp_path / "project", **{"pyproject.toml": plain})


def runtime_of(project: Project) -> set[str]:
    folder = project.root / "out/pkg_sync/runtime"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")}


def test_code_that_only_waits_has_no_turns(inferred: Project) -> None:
    run = inferred.run("build")
    assert (run.code, run.err) == (0, "")
    assert "turns" not in run.out
    assert runtime_of(inferred) == {"__init__.py", "deadline.py"}


def test_code_with_tasks_takes_turns_and_says_why(
    inferred: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    inferred.append(SOURCE, CANCELS)
    inferred.append(SOURCE, "\n\nstart = asyncio.create_task\n")
    run = inferred.run("build")
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[0] == (
        "tasks take turns: asyncio.Task in pkg.client and 1 more"
    )
    assert "turns/tasks.py" in runtime_of(inferred)
    # So does a run that converts nothing, and one for machines says nothing.
    assert inferred.run("build").out.startswith("tasks take turns: asyncio.Task")
    assert "take turns" not in inferred.run("build", "--output-format", "json").out
    monkeypatch.setattr("twingen.project.batch.Batch.convert", None)
    assert inferred.run("check").code == 0
    assert inferred.run("build", "--quiet").out == ""


def test_what_threads_refuse_takes_turns(inferred: Project) -> None:
    inferred.append(SOURCE, "\n\nasync def given(x):\n    return await x\n")
    run = inferred.run("build")
    assert run.code == 0, run.err
    assert run.out.startswith(
        "tasks take turns: threads cannot do all that the sources do\n"
    )
    assert "return await_(x)" in inferred.read(TWIN)


def test_an_override_of_another_module_takes_turns(inferred: Project) -> None:
    inferred.write(
        "src/pkg/quick.py",
        "from .client import AsyncClient\n\n\nclass AsyncQuick(AsyncClient):\n"
        "    def pause(self, delay: float):\n        return super().pause(0)\n",
    )
    run = inferred.run("build")
    assert run.code == 0, run.err
    assert run.out.startswith(
        "tasks take turns: pkg.quick.AsyncQuick.pause(), which overrides a coroutine "
    )


_ROWS = """
async def rows():
    try:
        yield 1
    finally:
        print("closed")
"""
_LEAVES = {
    "break": "    async for x in values:\n        break\n",
    "return": "    async for x in values:\n        return x\n",
    "raise": "    async for x in values:\n        raise ValueError(x)\n",
    "anext": "    return await anext(values)\n",
    "__anext__": "    return await values.__anext__()\n",
    "asend": "    return await values.asend(None)\n",
}


@pytest.mark.parametrize("body", _LEAVES.values(), ids=_LEAVES)
def test_a_generator_that_is_left_in_another_module_takes_turns(
    inferred: Project, body: str
) -> None:
    inferred.write("src/pkg/rows.py", _ROWS)
    inferred.write("src/pkg/first.py", f"async def first(values):\n{body}")
    run = inferred.run("build")
    assert run.code == 0, run.err
    assert run.out.startswith(
        "tasks take turns: an asynchronous generator that is left early in pkg.first"
    )


def test_a_generator_that_only_ends_or_does_nothing_then_has_no_turns(
    inferred: Project,
) -> None:
    inferred.write("src/pkg/rows.py", _ROWS)
    through = "    return [x async for x in values]\n"
    inferred.write("src/pkg/every.py", f"async def every(values):\n{through}")
    run = inferred.run("build")
    assert (run.code, "take turns" in run.out) == (0, False)
    inferred.write("src/pkg/rows.py", "async def rows():\n    yield 1\n")
    inferred.write("src/pkg/every.py", f"async def first(values):\n{_LEAVES['break']}")
    run = inferred.run("build")
    assert (run.code, "take turns" in run.out) == (0, False)


def test_refusals_are_those_of_the_translation_with_turns(inferred: Project) -> None:
    """What is left to do is said of the translation that can do more."""
    given = "\n\nasync def given(x):\n    return await x, asyncio.get_child_watcher()\n"
    inferred.append(SOURCE, given)
    run = inferred.run("build")
    assert run.code == 2
    assert "TW102" not in run.err
    assert "asyncio.get_child_watcher has no sync twin" in run.err
    assert "refused at 1 place; nothing written" in run.err


@pytest.mark.parametrize("tasks", ["threads", "turns"])
def test_configured(inferred: Project, tasks: str) -> None:
    inferred.replace("pyproject.toml", "runtime =", f'tasks = "{tasks}"\nruntime =')
    run = inferred.run("build")
    assert (run.code, "take turns" in run.out) == (0, False)
    marked = "@entry" in inferred.read(TWIN)
    assert marked == (tasks == "turns")
    inferred.append(SOURCE, CANCELS)
    assert inferred.run("build").code == (0 if tasks == "turns" else 2)


def test_unknown_kind_of_tasks(inferred: Project) -> None:
    inferred.replace("pyproject.toml", "runtime =", 'tasks = "greenlets"\nruntime =')
    run = inferred.run("check")
    assert run.code == 2
    assert 'tool.twingen.tasks must be "threads" or "turns"' in run.err


def test_convert() -> None:
    text = "async def f(x):\n    return await x\n"
    both = [twingen.convert(text, runtime="r", tasks=t) for t in (None, "turns")]
    assert both[0] == both[1]
    assert "await_(x)" in both[0]
    with pytest.raises(twingen.ConversionError, match="TW102"):
        twingen.convert(text, runtime="r", tasks="threads")
    plain = "async def f(x):\n    return await g(x)\n\n\nasync def g(x): ...\n"
    assert "entry" not in twingen.convert(plain, runtime="r")
    assert "@entry" in twingen.convert(plain, runtime="r", tasks="turns")
