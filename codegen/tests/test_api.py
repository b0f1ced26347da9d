"""What other programs call: only names that `twingen` itself exports are used."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

import twingen
from support.sample_project import Project

SOURCE = "src/pkg/client.py"
SLEEPING = """import asyncio


class AsyncClient:
    async def pause(self) -> None:
        await asyncio.sleep(1)
"""


def test_convert() -> None:
    twin = twingen.convert(SLEEPING, renames={"Async*": "*"})
    assert twin == (
        "import time\n\n\nclass Client:\n    def pause(self) -> None:\n"
        "        time.sleep(1)\n"
    )
    assert twingen.convert(twin) == twin


def test_main_stays_main() -> None:
    """A text that stands alone is called `__main__`, and so may what it imports."""
    text = "def run() -> object:\n    import __main__\n\n    return __main__.x\n"
    assert twingen.convert(text) == text


def test_convert_as_configured() -> None:
    text = (
        "import asyncio\n\nfrom mylib import ASYNC, Pool\n\n\n"
        "async def f(event, first):\n"
        "    await asyncio.wait_for(asyncio.sleep(1), 2)\n    Pool(event, first)\n"
        "    if ASYNC:\n        await g()\n"
    )
    twin = twingen.convert(
        text,
        libraries={"mylib": {"Pool": "mylib.sync.SyncPool"}},
        side="mylib.ASYNC",
        runtime="other._runtime",
        black={"line-length": 20},
    )
    assert "from mylib.sync import (\n    SyncPool,\n)\n" in twin
    assert "g()" not in twin
    assert "from other._runtime.deadline import (\n    sleep,\n)\n" in twin


def test_convert_knows_another_wait_for() -> None:
    waiting = (
        "import asyncio\nfrom mylib import wait_for\n\n\n"
        "async def f(event: asyncio.Event) -> None:\n"
        "    await wait_for(event.wait(), 2)\n"
    )
    libraries = {"mylib": {"wait_for": {"rule": "wait_for_call"}}}
    twin = twingen.convert(waiting, libraries=libraries, runtime="runtime")
    plain = waiting.replace("from mylib import wait_for\n", "")
    plain = plain.replace("wait_for", "asyncio.wait_for")
    assert twin == twingen.convert(plain, runtime="runtime")


def test_convert_refuses() -> None:
    text = "async def f(x, y):\n    await x\n    await y\n"
    with pytest.raises(twingen.ConversionError) as caught:
        twingen.convert(text, path="m.py", tasks="threads")
    first, second = caught.value.diagnostics
    assert isinstance(first, twingen.Diagnostic)
    assert (first.path, first.line, first.column) == ("m.py", 2, 5)
    assert (first.code, first.rule) == ("TW102", "awaited_value")
    assert first.message
    assert first.help
    assert first.excerpt == "    await x"
    assert second.line == 3
    assert str(caught.value) == f"{first}\n{second}"


def test_convert_refuses_without_a_runtime() -> None:
    text = (
        "import asyncio\n\n\nasync def f():\n"
        "    await asyncio.wait_for(asyncio.sleep(1), 2)\n"
    )
    with pytest.raises(twingen.ConversionError, match="runtime"):
        twingen.convert(text)


def test_calls_share_nothing() -> None:
    twingen.convert("class AsyncX: ...\n", renames={"Async*": "*"})
    twingen.convert("x = 1\n", libraries={"mylib": {"Pool": "list"}})
    text = "from mylib import Pool\n\nx = AsyncX, Pool\n"
    assert twingen.convert(text) == text


@pytest.mark.parametrize(
    "options",
    [
        {"renames": {"Async*": "Sync"}},
        {"libraries": {"mylib": {"Pool": {}}}},
        {"libraries": {"mylib": 3}},
        {"black": {"line-length": "long"}},
    ],
)
def test_wrong_options(options: dict[str, object]) -> None:
    with pytest.raises(twingen.ConfigurationError):
        twingen.convert("x = 1\n", **options)  # type: ignore[arg-type]


def test_check_and_build(project: Project) -> None:
    assert not twingen.check(project.root)
    assert not twingen.check(str(project.root / "src" / "pkg"))
    project.append(SOURCE, "# more\n")
    before = project.snapshot()
    (found,) = twingen.check(project.root)
    assert project.snapshot() == before
    assert isinstance(found, twingen.Difference)
    assert found.path == project.root / "out/pkg_sync/client.py"
    assert (found.drift, found.origin) == (twingen.Drift.STALE, SOURCE)
    assert not twingen.build(project.root)
    assert not twingen.check(project.root)


def test_build_keeps_what_was_edited(project: Project) -> None:
    project.append("out/pkg_sync/client.py", "x = 1\n")
    project.write("out/pkg_sync/notes.txt", "mine")
    before = project.snapshot()
    left = twingen.build(project.root)
    assert project.snapshot() == before
    kinds = [difference.drift for difference in left]
    assert kinds == [twingen.Drift.EDITED, twingen.Drift.FOREIGN]
    (still,) = twingen.build(project.root, force=True)
    assert still.drift is twingen.Drift.FOREIGN


def test_convert_project(project: Project) -> None:
    project.append(SOURCE, "\n\nasync def f(x):\n    await x\n")
    project.write("src/pkg/errors.py", "def f(:\n")
    project.write("src/pkg/client.pyi", "")
    before = project.snapshot()
    found = twingen.convert_project(project.root / "src")
    assert project.snapshot() == before
    results = {each.source.relative_to(project.root).as_posix(): each for each in found}
    assert list(results) == sorted(results)
    codes = {
        path: [refusal.code for refusal in each.refusals]
        for path, each in results.items()
        if each.refusals
    }
    assert codes == {
        SOURCE: ["TW102"],
        "src/pkg/client.pyi": ["TW006"],
        "src/pkg/errors.py": ["TW001"],
    }
    for path, each in results.items():
        assert isinstance(each, twingen.SourceResult)
        assert (each.twin is None) == (path in codes)
        assert (each.target is None) == path.endswith(".pyi")
    deep = results["src/pkg/sub/deep.py"]
    assert deep.target == project.root / "out/pkg_sync/sub/deep.py"
    assert deep.twin == deep.target.read_text()


def test_convert_project_says_what_nothing_uses(project: Project) -> None:
    assert all(each.twin for each in twingen.convert_project(project.root))
    project.replace("pyproject.toml", '"Async*" = "*"', '"Async*" = "*"\n"Old*" = "*"')
    with pytest.raises(twingen.ConfigurationError, match=r"nothing uses renames: Old"):
        twingen.convert_project(project.root)


def test_errors_of_check_and_build(project: Project, tmp_path: Path) -> None:
    project.append(SOURCE, "\n\nasync def f(x):\n    await x\n")
    before = project.snapshot()
    for function in (twingen.check, twingen.build):
        with pytest.raises(twingen.ConversionError, match=rf"{SOURCE}:19:5: TW102"):
            function(project.root)
    assert project.snapshot() == before
    (tmp_path / "empty").mkdir()
    with pytest.raises(twingen.ConfigurationError, match=r"no pyproject\.toml"):
        twingen.check(tmp_path / "empty")


def test_every_public_name_is_there() -> None:
    names = {name: getattr(twingen, name) for name in twingen.__all__}
    assert set(names) <= set(dir(twingen))
    assert [name for name, value in names.items() if not value.__doc__] == []
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        twingen.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_importing_is_cheap() -> None:
    """Neither the parser nor the formatter is loaded before it is needed."""
    code = (
        "import sys, twingen\n"
        "twingen.ConversionError, twingen.__version__, dir(twingen)\n"
        "assert not {'libcst', 'black', 'argparse'} & set(sys.modules)\n"
        "assert twingen.convert('x = 1') == 'x = 1\\n'\n"
        "import twingen.conversion.convert, twingen.api\n"
        "assert callable(twingen.convert)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_convert_leaves_no_memory_behind() -> None:
    before = gc.get_freeze_count()
    twingen.convert("async def f(): ...\n")
    assert gc.get_freeze_count() == before
