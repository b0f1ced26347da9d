"""The survey of released libraries: its pins, its counts and what it calls a fall.

Downloading and converting the releases needs the network: `nox -s survey`.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from twingen.diagnostics.diagnostic import Diagnostic
from twingen.project.config import load

ADOPTED = Path(__file__).parents[1] / "adopted"


@pytest.fixture(scope="module")
def survey() -> ModuleType:
    """The program itself; it imports what stands beside it."""
    specification = importlib.util.spec_from_file_location(
        "survey", ADOPTED / "survey.py"
    )
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ADOPTED))
        patch.setitem(sys.modules, "survey", module)
        specification.loader.exec_module(module)
    return module


@pytest.fixture
def project(survey: ModuleType, tmp_path: Path) -> Path:
    """A library: one module converts, one is refused, one has nothing asynchronous."""
    package = tmp_path / "library"
    package.mkdir()
    texts = {
        "__init__.py": "",
        "client.py": (
            "import asyncio\n\nasync def wait():\n    await asyncio.sleep(0)\n"
        ),
        "session.py": (
            "import acmeweb\n\nasync def get(url):\n"
            "    async with acmeweb.ClientSession() as s:\n        return s\n"
        ),
        "user.py": "from .session import get\n",
        "broken.py": "assert not __name__.startswith('library_')\n",
    }
    for name, text in texts.items():
        (package / name).write_text(text, encoding="utf-8")
    release = survey.Surveyed("library", "1.0", "0" * 64, ("library",))
    settings = tmp_path / "pyproject.toml"
    settings.write_text(release.configuration, encoding="utf-8")
    return tmp_path


def test_every_release_is_pinned_and_has_figures(survey: ModuleType) -> None:
    releases = survey.releases()
    assert len(releases) >= 50
    figures = survey.read_figures(survey.FIGURES)
    for each in releases:
        assert re.fullmatch(r"[0-9a-f]{64}", each.sha256)
        assert figures[each.name].version == each.version
        assert figures[each.name].files > 0
    assert len(figures) == len(releases)


def test_configurations_can_be_read(survey: ModuleType, tmp_path: Path) -> None:
    for each in survey.releases():
        root = tmp_path / each.name
        for package in each.packages:
            (root / package).mkdir(parents=True)
        (root / "pyproject.toml").write_text(each.configuration, encoding="utf-8")
        assert len(load(root).trees) == len(each.packages)


def test_converts_what_can_be_converted(survey: ModuleType, project: Path) -> None:
    found = survey.convert(project)
    assert (found["files"], found["converted"]) == (2, 1)
    assert found["refused"] == ["library_sync.session"]
    assert {each["code"] for each in found["refusals"]} == {"TW109"}
    twin = project / "twingen-preview" / "library_sync" / "client.py"
    assert "sleep(0)" in twin.read_text(encoding="utf-8")


def test_imports_twins(survey: ModuleType, project: Path) -> None:
    found = survey.convert(project)
    paths = [project / "twingen-preview", project]
    said = survey.import_modules([*found["modules"].values()], found["refused"], paths)
    assert said.pop("library_sync.broken").startswith("AssertionError: ")
    assert said == {
        "library_sync": "",
        "library_sync.client": "",
        "library_sync.user": survey.WAITS,
    }


def test_twin_that_fails_where_its_source_does_is_no_problem(
    survey: ModuleType, project: Path
) -> None:
    modules = survey.import_modules(["library.absent"], [], [project])
    assert modules["library.absent"].startswith("ModuleNotFoundError: ")


def test_figures_that_fall_are_told(survey: ModuleType) -> None:
    before = survey.Figures("library", "1.0", 5, 4, 3, 6)
    assert before.falls_behind(before) == []
    worse = survey.Figures("library", "1.0", 5, 3, 4, 5)
    assert worse.falls_behind(before) == [
        "converted: 3, and 4 before",
        "lines: 4, and 3 before",
        "imported: 5, and 6 before",
    ]
    better = survey.Figures("library", "1.0", 5, 5, 0, 7)
    assert better.falls_behind(before) == []
    assert better.is_whole
    assert not before.is_whole
    assert survey.Figures("library", "2.0").falls_behind(before) == []


def test_figures_are_read_as_written(survey: ModuleType, tmp_path: Path) -> None:
    rows = [survey.Figures("b", "1.0", 1, 2, 3, 4), survey.Figures("a", "2")]
    survey.write_figures(tmp_path / "figures.csv", rows)
    found = survey.read_figures(tmp_path / "figures.csv")
    assert list(found) == ["a", "b"]
    assert [found[name] for name in "ba"] == rows


def test_causes_are_of_all_libraries(survey: ModuleType) -> None:
    def refusal(path: str, line: int, code: str) -> Diagnostic:
        return Diagnostic(path, line, 1, code, "rule", f"said of {code}", "help")

    first = [refusal("x.py", 1, "TW1"), refusal("y.py", 1, "TW2")]
    other = [refusal("x.py", 1, "TW1"), refusal("x.py", 2, "TW2")]
    rows = [
        survey.Row(survey.Figures("one", "1"), tuple(first)),
        survey.Row(survey.Figures("two", "1"), tuple(other)),
    ]
    assert list(survey.table_of_causes(rows))[2:] == [
        "| TW1 | rule | said of TW1 | 2 | 1 | 2 | 2 |",
        "| TW2 | rule | said of TW2 | 2 | 1 | 2 | 2 |",
    ]
