"""`twingen where` and `twingen explain`: from a twin back to its source."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.sample_project import Project
from twingen.diagnostics.codes import CODES
from twingen.rules import RULES

TWIN = "out/pkg_sync/client.py"
SOURCE = "src/pkg/client.py"
FOLDER = Path(sys.modules["twingen.rules"].__file__ or "").parents[1]


def number_of(project: Project, name: str, text: str) -> int:
    """Return the line that a text stands in."""
    lines = project.read(name).splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def at(project: Project, name: str, text: str) -> str:
    return f"{name}:{number_of(project, name, text)}"


@pytest.mark.parametrize(
    ("twin", "source"),
    [
        ("sleep(delay, 1)", "await asyncio.wait_for"),
        ("class Client:", "class AsyncClient:"),
        ("except TimeoutError:", "except asyncio.TimeoutError:"),
        ("from pkg_sync.errors", "from pkg.errors"),
    ],
)
def test_where_finds_the_source_of_a_line(
    project: Project, twin: str, source: str
) -> None:
    run = project.run("where", at(project, TWIN, twin))
    place, text = run.out.splitlines()
    assert (run.code, place) == (0, at(project, SOURCE, source))
    assert text.strip().startswith(source)


def test_where_there_is_no_source_line(project: Project) -> None:
    said = project.run("where", f"{TWIN}:1").out
    assert said == f"the header of the twin of {SOURCE}\n"
    said = project.run("where", at(project, TWIN, "import sleep")).out
    assert said == f"added by twingen to the twin of {SOURCE}\n"
    said = project.run("where", "out/pkg_sync/runtime/deadline.py:10").out
    assert said.startswith("line 7 of twingen.runtime.deadline, copied from twingen")


def test_where_in_a_twin_that_was_edited(project: Project) -> None:
    project.replace(TWIN, '"""A client."""\n', '"""A client."""\n\nimport os\n\n')
    run = project.run("where", at(project, TWIN, "sleep(delay, 1)"))
    assert run.out.splitlines()[0] == at(project, SOURCE, "await asyncio.wait_for")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (f"{TWIN}:900", "has 17 lines, not 900"),
        ("src/pkg/client.py:3", "is not a twin of this project"),
        ("elsewhere.py:3", "is not a twin of this project"),
        ("elsewhere.py", "is not PATH:LINE"),
    ],
)
def test_where_of_a_place_that_is_not_there(
    project: Project, place: str, said: str
) -> None:
    run = project.run("where", place)
    assert (run.code, run.out) == (2, "")
    assert said in run.err


PROGRAM = "import pkg_sync; pkg_sync.Client().pause('soon')"


def traceback_of(folder: Path, program: str) -> str:
    """Return what Python says of a program that fails."""
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(folder), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 1
    return run.stderr


def test_a_real_traceback(project: Project) -> None:
    text = traceback_of(project.root / "out", PROGRAM)
    run = project.run("where", given=text)
    assert run.code == 0
    added = [line for line in run.out.splitlines() if "source: " in line]
    kept = [line for line in run.out.splitlines() if "source: " not in line]
    assert kept == text.splitlines()
    place = at(project, SOURCE, "await asyncio.wait_for")
    await_line = "await asyncio.wait_for(asyncio.sleep(delay), 1)"
    assert added[0] == f"    source: {place}: {await_line}"
    assert "copied from twingen itself" in added[1]
    assert run == project.run("where", "-", given=text)
    lines = run.out.splitlines()
    frame = next(n for n, line in enumerate(lines) if TWIN in line)
    assert "sleep(delay, 1)" in lines[frame + 1]
    after = lines[frame + 2 : frame + 4]
    assert added[0] in after, "below the frame's own text"


def test_a_traceback_from_an_installed_twin(project: Project, tmp_path: Path) -> None:
    """The twin ran from another folder, in an exception group, beside other code."""
    site = tmp_path / "site-packages"
    shutil.copytree(project.root / "out", site)
    text = traceback_of(site, PROGRAM)
    text = "".join(f"  | {line}\n" for line in text.splitlines())
    added = [
        line
        for line in project.run("where", given=text).out.splitlines()
        if "source: " in line
    ]
    assert added[0].startswith(f"  |     source: {SOURCE}:")


def test_text_without_frames_is_echoed(project: Project) -> None:
    text = 'no traceback\n\n  File "/nowhere.py", line 3\n    x\né\n'
    assert project.run("where", given=text).out == text


def test_colour_of_a_place(project: Project) -> None:
    frame = f'  File "{project.root / TWIN}", line 10, in f\n'
    run = project.run("where", "--color", "always", given=frame)
    assert run.out.startswith(frame + "\033[36m    source: ")


# -- explain --------------------------------------------------------------


@pytest.mark.parametrize("entry", [*RULES, *CODES], ids=lambda entry: entry.code)
def test_every_code_is_explained(entry: object, project: Project) -> None:
    code, name = getattr(entry, "code", ""), getattr(entry, "name", "")
    run = project.run("explain", code)
    assert run.code == 0
    assert run.out.startswith(f"{code} {name}\n\n")
    assert run.out == project.run("explain", name).out
    assert run.out == project.run("explain", code.lower()).out


def test_manual_of_a_rule(project: Project) -> None:
    run = project.run("explain", "TW101")
    assert run.out.startswith("TW101 await_expression\n\n`await CALL` becomes `CALL`.")
    assert run.out.endswith("\nlooks at: Await\n")


def test_every_code_in_the_program_has_a_manual() -> None:
    known = {code.code for code in CODES} | {rule.code for rule in RULES}
    used = {
        code
        for path in FOLDER.rglob("*.py")
        for code in re.findall(r'"(TW\d{3})"', path.read_text(encoding="utf-8"))
    }
    assert used == known
    assert not {code.code for code in CODES} & {rule.code for rule in RULES}


def test_list_of_codes(project: Project) -> None:
    lines = project.run("explain").out.splitlines()
    assert len(lines) == len(CODES) + len(RULES)
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("word", "close"),
    [
        ("await_expresion", "await_expression"),
        ("TW30", "TW301"),
        ("gather", "gather_call"),
    ],
)
def test_unknown_code(project: Project, word: str, close: str) -> None:
    run = project.run("explain", word)
    assert (run.code, run.out) == (2, "")
    assert f"{word} is not a code, rule or PATH:LINE; did you mean " in run.err
    assert close in run.err


def test_manuals_need_no_project(tmp_path: Path) -> None:
    assert Project(tmp_path).run("explain", "TW002").code == 0


@pytest.mark.parametrize("side", ["source", "twin"])
def test_rules_of_a_line(project: Project, side: str) -> None:
    source = at(project, SOURCE, "await asyncio.wait_for")
    twin = at(project, TWIN, "sleep(delay, 1)")
    run = project.run("explain", source if side == "source" else twin)
    lines = run.out.splitlines()
    assert lines[0] == f"{source}: await asyncio.wait_for(asyncio.sleep(delay), 1)"
    assert lines[1] == f"{twin}: sleep(delay, 1)"
    assert lines[2].startswith("  TW101 await_expression: `await CALL` becomes")
    assert lines[3].startswith("  TW302 wait_for_call: ")


def test_line_of_a_statement_of_several(project: Project) -> None:
    project.append(SOURCE, "\n\nWORDS = [\n    'one',\n    'two',\n]\n")
    assert project.run("build").code == 0
    run = project.run("explain", at(project, SOURCE, "'two'"))
    assert run.out.splitlines()[1] == at(project, TWIN, '"two"') + ': "two",'


def test_line_that_no_rule_changed(project: Project) -> None:
    run = project.run("explain", at(project, SOURCE, '"""A client."""'))
    assert run.out.endswith("  no rule changed this line\n")
    project.append(SOURCE, "\n\nasync def f(): ...  # twingen: async-only\n")
    run = project.run("explain", at(project, SOURCE, "async def f"))
    assert run.out.endswith("  no statement of the twin was made from this line\n")


def test_line_that_is_not_there(project: Project) -> None:
    for place in (f"{SOURCE}:0", f"{SOURCE}:99", f"{TWIN}:99", "pyproject.toml:1"):
        run = project.run("explain", place)
        assert (run.code, run.out) == (2, ""), place


def test_lines_end_where_python_ends_them(project: Project) -> None:
    """A form feed begins a page, and no line."""
    project.replace(SOURCE, "import asyncio\n", "import asyncio\n\x0c\n")
    project.replace(SOURCE, "Sleeps, within", "Sleeps,\x0c\x85\u2028 within")
    assert project.run("build").code == 0
    lines = project.read(SOURCE).split("\n")
    line = next(n for n, text in enumerate(lines, 1) if "wait_for" in text)
    twin = project.read(TWIN).split("\n")
    made = next(n for n, text in enumerate(twin, 1) if "sleep(delay, 1)" in text)
    run = project.run("where", f"{TWIN}:{made}")
    assert run.out == f"{SOURCE}:{line}\n    {lines[line - 1].strip()}\n"
    run = project.run("explain", f"{SOURCE}:{line}")
    assert f"\n{TWIN}:{made}: sleep(delay, 1)\n" in run.out
    project.replace(TWIN, "sleep(delay, 1)", "sleep(delay, 2)")
    run = project.run("check")
    assert run.err.startswith(f"{TWIN}:{made}:13: TW013 edited: ")
    assert f"made from {SOURCE}:{line}\n" in run.err
    assert project.run("where", f"{TWIN}:{made}").out.startswith(f"{SOURCE}:{line}\n")
