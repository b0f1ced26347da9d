"""Refusals are told as the work that is left: by their causes, most frequent first."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support.case_files import CASES
from support.sample_project import PYPROJECT, Project, new_project
from twingen.diagnostics.diagnostic import Diagnostic
from twingen.reports.colours import Style
from twingen.reports.work_list import as_json, counted, grouped, text

USES = """import acmeweb
from acmeweb import ClientSession


async def load(x):
    async with acmeweb.ClientSession() as session:
        await session.get(x)
    async with ClientSession() as other:
        await other.get(x)
    return await acmeweb.request(x)
"""
VALUE = "\n\nasync def later(x):\n    return await x\n"


@pytest.fixture
def refused(tmp_path: Path) -> Project:
    """A project with three causes of refusals, in several files."""
    return new_project(
        tmp_path / "project",
        **{
            "src/pkg/one.py": USES + VALUE,
            "src/pkg/other.py": USES,
            "src/pkg/sub/deep.py": "import asyncio\n\nx = asyncio.all_tasks\n",
        },
    )


def test_refusals_are_grouped_by_cause(refused: Project) -> None:
    run = refused.run("build")
    assert (run.code, run.out) == (2, "")
    assert re.findall(r"^(\S+): (TW\d+)", run.err, re.MULTILINE) == [
        ("src/pkg/one.py:6:16", "TW109"),
        ("src/pkg/one.py:10:18", "TW109"),
        ("src/pkg/one.py:14:12", "TW102"),
        ("src/pkg/sub/deep.py:3:5", "TW201"),
    ]
    assert (
        "  help: add rows, or mark the code `# twingen: async-only`:\n"
        '    [tool.twingen.libraries."acmeweb"]\n'
        '    ClientSession = "..."  # settles 4 places\n'
        '    request = "..."  # settles 2 places\n'
        "  settles: 6 places in 2 files, also src/pkg/one.py:8:16, "
        "src/pkg/other.py:6:16, src/pkg/other.py:8:16, src/pkg/other.py:10:18\n"
    ) in run.err
    assert run.err.endswith(
        "twingen: refused at 8 places, for 3 reasons; nothing written; `twingen "
        "preview` writes the other twins to a folder of their own\n"
    )


def test_what_is_proposed_settles_as_much(refused: Project) -> None:
    """The rows are copied as they stand, and what they settle is gone."""
    run = refused.run("check")
    table = re.search(
        r"^    \[tool.*?(?=^  settles)", run.err, re.MULTILINE | re.DOTALL
    )
    assert table is not None
    rows = re.sub(r"^    ", "", table[0], flags=re.MULTILINE)
    rows = rows.replace('n = "..."', 'n = "httpx.Client"')
    refused.append("pyproject.toml", "\n" + rows.replace('"..."', '"httpx.request"'))
    run = refused.run("check")
    assert run.code == 2
    assert "TW109" not in run.err
    assert run.err.endswith("refused at 2 places; nothing written\n")


def test_verbose_shows_every_place(refused: Project) -> None:
    err = refused.run("check", "--verbose").err
    places = re.findall(r"^(\S+?):(\d+):(\d+): TW\d+", err, re.MULTILINE)
    assert len(places) == 8
    assert places == sorted(places, key=lambda p: (p[0], int(p[1]), int(p[2])))
    assert err.count("\n  help: ") == 8


def test_machines_get_places_and_work(refused: Project) -> None:
    report = json.loads(refused.run("check", "--output-format", "json").out)
    assert len(report["findings"]) == 8
    assert [(each["code"], each["places"]) for each in report["work"]] == [
        ("TW109", 6),
        ("TW102", 1),
        ("TW201", 1),
    ]
    rows = {"acmeweb": {"ClientSession": 4, "request": 2}}
    assert report["work"][0]["rows"] == rows
    assert report["work"][0]["files"] == 2


def test_drift_is_no_work(project: Project) -> None:
    project.remove("out/pkg_sync/client.py")
    report = json.loads(project.run("check", "--output-format", "json").out)
    assert len(report["findings"]) == 1
    assert report["work"] == []


def _refusal(line: int, message: str, instead: str, code: str = "TW201") -> Diagnostic:
    return Diagnostic("a.py", line, 1, code, "library_name", message, instead)


def test_one_remedy_for_several_messages() -> None:
    found = [_refusal(n, f"f{n % 2} has no twin", "wait") for n in range(1, 20)]
    lines = list(text(found, Style(coloured=False)))
    assert lines == [
        "a.py:1:1: TW201 library_name: f1 has no twin",
        "a.py:2:1: TW201 library_name: f0 has no twin",
        "  help: wait",
        "  settles: 19 places, also "
        + "".join(f"a.py:{n}:1, " for n in range(3, 9))
        + "11 more (--verbose shows them)",
    ]
    assert counted(found) == "19 places, for one reason"
    assert counted(found[:1]) == "1 place"
    others = [_refusal(n, "m", f"help {n}") for n in range(3)]
    assert counted(others) == "3 places"


def test_every_refusal_of_the_cases_is_in_one_group() -> None:
    """Nothing is lost, and what is told alone is told as before."""
    found = []
    for number, case in enumerate(CASES):
        if case.kind == "refused":
            said = re.sub(r"^# ?", "", case.expected, flags=re.MULTILINE)
            for place, help_ in re.findall(
                r"^(\d+:\d+: TW\d+ \w+: .*)\n(?:  help: (.*))?", said, re.MULTILINE
            ):
                where, code, rule, message = re.fullmatch(
                    r"(\d+:\d+): (TW\d+) (\w+): (.*)", place
                ).groups()  # type: ignore[union-attr]
                line, column = map(int, where.split(":"))
                path = f"{number}.py"
                found.append(
                    Diagnostic(path, line, column, code, rule, message, help_ or "")
                )
    groups = grouped(found)
    assert len(found) > 200
    assert sorted(each for group in groups for each in group.places) == sorted(found)
    sizes = [len(group.places) for group in groups]
    assert sizes == sorted(sizes, reverse=True)
    assert len(groups) < len(found) / 2
    assert sum(each["places"] for each in as_json(found)) == len(found)
    for group in groups:
        if len(group.places) == 1:
            assert "\n".join(text(group.places, Style(coloured=False))) == str(
                group.places[0]
            )


def test_build_says_what_it_wrote(tmp_path: Path) -> None:
    project = new_project(tmp_path / "project")
    lines = project.run("build").out.splitlines()
    assert lines == [
        "out/pkg_sync/__init__.py: written (from src/pkg/__init__.py)",
        "out/pkg_sync/client.py: written (from src/pkg/client.py)",
        "out/pkg_sync/errors.py: written (from src/pkg/errors.py)",
        "out/pkg_sync/py.typed: written (from src/pkg/py.typed)",
        "out/pkg_sync/sub/__init__.py: written (from src/pkg/sub/__init__.py)",
        "out/pkg_sync/sub/deep.py: written (from src/pkg/sub/deep.py)",
        "out/pkg_sync/runtime: 2 files of the runtime written",
        "8 files: 8 written",
    ]
    project.remove("src/pkg/sub/deep.py")
    assert project.run("build").out.splitlines() == [
        "out/pkg_sync/sub/deep.py: removed",
        "7 files: 0 written, 1 removed",
    ]
    project.replace(
        "src/pkg/client.py", "asyncio.wait_for(asyncio.sleep(delay), 1)", "x()"
    )
    assert project.run("build").out.splitlines() == [
        "out/pkg_sync/client.py: written (from src/pkg/client.py)",
        "out/pkg_sync/runtime: 2 files of the runtime removed",
        "5 files: 1 written, 2 removed",
    ]
    assert project.run("build").out == "5 files: 0 written\n"


def test_build_of_many_files(tmp_path: Path) -> None:
    project = new_project(tmp_path / "project")
    for number in range(40):
        project.write(f"src/pkg/sub/m{number}.py", "")
    lines = project.run("build").out.splitlines()
    assert len(lines) == 30 + 3
    assert lines[30] == "and 16 more"
    assert "out/pkg_sync/runtime: 2 files of the runtime written" in lines


# -- preview ---------------------------------------------------------------------


def test_preview_writes_what_converts(refused: Project) -> None:
    before = {path: path.read_bytes() for path in _files(refused)}
    run = refused.run("preview")
    assert run.code == 2
    assert run.out == (
        "4 of 7 twins written to twingen-preview; the target folders are unchanged\n"
    )
    assert "TW109" in run.err
    assert run.err.endswith("twingen: refused at 8 places, for 3 reasons\n")
    assert {path: path.read_bytes() for path in before} == before
    twin = refused.read("twingen-preview/out/pkg_sync/client.py")
    assert "sleep(delay, 1)" in twin
    assert not (refused.root / "twingen-preview/out/pkg_sync/one.py").exists()
    assert not (refused.root / "out").exists()
    # The next one has nothing of this one, and what is written is what build writes.
    refused.remove("src/pkg/sub/__init__.py")
    for name in ("one", "other", "sub/deep"):
        refused.write(f"src/pkg/{name}.py", "")
    run = refused.run("preview", "--quiet")
    assert (run.code, run.out, run.err) == (0, "", "")
    assert refused.run("build").code == 0
    shown = refused.root / "twingen-preview/out"
    built = refused.root / "out"
    assert {path.relative_to(shown): path.read_bytes() for path in _below(shown)} == {
        path.relative_to(built): path.read_bytes() for path in _below(built)
    }


def _files(project: Project) -> list[Path]:
    return _below(project.root)


def _below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("src/pkg/shown", "is in a folder of sources or twins"),
        ("out/pkg_sync", "is in a folder of sources or twins"),
        ("src", "exists and contains other files"),
        ("pyproject.toml", "exists and contains other files"),
        (".", "exists and contains other files"),
    ],
)
def test_preview_overwrites_nothing(refused: Project, folder: str, said: str) -> None:
    before = refused.snapshot()
    run = refused.run("preview", str(refused.root / folder))
    assert run.code == 2
    assert said in run.err
    assert refused.snapshot() == before


def test_preview_of_unreadable_sources(refused: Project) -> None:
    refused.write("src/pkg/one.py", "def f(:\n")
    for _ in range(2):  # the second time from the cache
        run = refused.run("preview", str(refused.root / "shown"))
        assert run.code == 2
        assert "TW001" in run.err
        assert (refused.root / "shown/out/pkg_sync/client.py").exists()


def test_preview_needs_no_use_of_renames(tmp_path: Path) -> None:
    """What is refused may be what uses them."""
    project = new_project(
        tmp_path / "project",
        **{
            "src/pkg/__init__.py": "",
            "src/pkg/sub/deep.py": None,
            "src/pkg/client.py": "class AsyncX:\n    async def f(self, x):\n"
            "        await x\n",
            "pyproject.toml": PYPROJECT,
        },
    )
    run = project.run("preview")
    assert run.code == 2
    assert "nothing uses" not in run.err
    assert "TW102" in run.err
