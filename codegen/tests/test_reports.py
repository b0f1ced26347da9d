"""What `check` and `build` say, to people and to machines."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.sample_project import Project, new_project

TWIN = "out/pkg_sync/client.py"
SOURCE = "src/pkg/client.py"
REFUSED = "\n\nasync def f(x):\n    await x\n"


def test_edited_lines_and_their_sources(project: Project) -> None:
    project.replace(TWIN, "sleep(delay, 1)", "sleep(delay, 2)")
    project.append(TWIN, "\n\nx = 1\n")
    before = project.snapshot()
    run = project.run("check")
    assert (run.code, run.out) == (1, "")
    assert project.snapshot() == before
    assert (
        f"{TWIN}:15:13: TW013 edited: this line was edited by hand; made from "
        f"{SOURCE}:13\n"
        "                sleep(delay, 2)\n"
        "                ^^^^^^^^^^^^^^^\n"
        "  help: move the edit there, then run `twingen build --force`\n"
    ) in run.err
    assert f"{TWIN}:18:1: TW013 edited: 3 lines were added by hand; " in run.err


def test_removed_lines_and_their_sources(project: Project) -> None:
    project.replace(TWIN, '    """Sleeps, within a deadline."""\n\n', "")
    run = project.run("check")
    assert "2 lines were removed by hand before this one; made from " in run.err
    assert f"made from {SOURCE}:9-11\n" in run.err


def test_edited_runtime_copy(project: Project) -> None:
    project.append("out/pkg_sync/runtime/deadline.py", "# faster\n")
    run = project.run("check")
    assert "the file is a copy of twingen.runtime.deadline" in run.err


def test_ends_with_the_files_and_the_command(project: Project) -> None:
    project.remove("out/pkg_sync/errors.py")
    project.append("src/pkg/sub/deep.py", "# more\n")
    assert project.run("check").err.splitlines() == [
        "out/pkg_sync/errors.py: missing (from src/pkg/errors.py)",
        "out/pkg_sync/sub/deep.py: stale (from src/pkg/sub/deep.py)",
        "twingen: fix this with `twingen build`",
    ]
    project.append(TWIN, "# mine\n")
    *_, last, fix = project.run("check").err.splitlines()
    assert last == "out/pkg_sync/sub/deep.py: stale (from src/pkg/sub/deep.py)"
    assert fix.startswith("twingen: fix this with `twingen build --force`, after you")


def test_fix_command_of_the_json_report_mends(project: Project) -> None:
    project.append(TWIN, "# mine\n")
    project.remove("out/pkg_sync/errors.py")
    report = json.loads(project.run("check", "--output-format", "json").out)
    assert project.run(*report["fix"].split()[1:]).code == 0
    assert project.run("check").code == 0


def test_no_command_fixes_what_is_not_ours(project: Project) -> None:
    project.write("out/pkg_sync/notes.txt", "mine")
    assert json.loads(project.run("check", "--output-format", "json").out)["fix"] == ""
    *_, last = project.run("check").err.splitlines()
    assert last.startswith("twingen: move the files that twingen did not write")


def test_quiet_option_prints_only_drift(project: Project) -> None:
    for command in ("build", "check"):
        run = project.run(command, "--quiet")
        assert (run.code, run.out, run.err) == (0, "", "")
    project.remove(TWIN)
    run = project.run("check", "-q")
    assert (run.code, run.err) == (1, f"{TWIN}: missing (from {SOURCE})\n")


# -- machines -------------------------------------------------------------


def as_json(project: Project, command: str) -> tuple[int, dict[str, Any]]:
    run = project.run(command, "--output-format", "json")
    assert run.err == ""
    report = json.loads(run.out)
    assert report["exit_code"] == run.code
    assert report["command"] == command
    return run.code, report


@pytest.mark.parametrize("command", ["build", "check"])
def test_json_in_step(project: Project, command: str) -> None:
    code, report = as_json(project, command)
    assert (code, report["findings"], report["fix"]) == (0, [], "")


def test_json_of_drift(project: Project) -> None:
    project.replace(TWIN, "sleep(delay, 1)", "sleep(delay, 2)")
    project.write("out/pkg_sync/notes.txt", "mine")
    project.remove("out/pkg_sync/errors.py")
    project.remove("src/pkg/sub/deep.py")
    project.replace("out/pkg_sync/py.typed", "", "partial\n")
    code, report = as_json(project, "check")
    found = [(f["path"], f["line"], f["code"]) for f in report["findings"]]
    assert code == 1
    assert found == [
        (TWIN, 15, "TW013"),
        ("out/pkg_sync/errors.py", 1, "TW011"),
        ("out/pkg_sync/notes.txt", 1, "TW015"),
        ("out/pkg_sync/py.typed", 1, "TW012"),
        ("out/pkg_sync/sub/deep.py", 1, "TW014"),
    ]
    assert all(finding["help"] for finding in report["findings"])


def test_json_of_refusals(project: Project) -> None:
    project.append(SOURCE, REFUSED)
    for command in ("build", "check"):
        code, report = as_json(project, command)
        (finding,) = report["findings"]
        assert code == 2
        assert (finding["path"], finding["line"], finding["column"]) == (SOURCE, 19, 5)
        assert (finding["code"], finding["rule"]) == ("TW102", "awaited_value")
        assert finding["excerpt"] == "    await x"


def test_json_of_a_wrong_configuration(project: Project) -> None:
    project.replace("pyproject.toml", "runtime =", "run_time =")
    code, report = as_json(project, "check")
    (finding,) = report["findings"]
    assert (code, finding["code"], finding["path"]) == (2, "TW007", "pyproject.toml")
    assert "unknown key run_time" in finding["message"]


def test_github(project: Project) -> None:
    project.append(SOURCE, REFUSED)
    run = project.run("check", "--output-format", "github")
    assert (run.code, run.err) == (2, "")
    (line,) = run.out.splitlines()
    start = f"::error file={SOURCE},line=19,col=5,title=TW102 awaited_value::"
    assert line.startswith(start)
    assert "%0Ahelp: " in line


def test_github_escapes(project: Project) -> None:
    project.write("src/pkg/a,b%c.py", "async def f(x):\n    await x\n")
    run = project.run("check", "--output-format", "github")
    assert run.out.startswith("::error file=src/pkg/a%2Cb%25c.py,line=2,")


def test_sarif(project: Project) -> None:
    project.append(SOURCE, REFUSED)
    project.append(SOURCE, "    await x\n")
    run = project.run("check", "--output-format", "sarif")
    assert (run.code, run.err) == (2, "")
    log = json.loads(run.out)
    assert log["version"] == "2.1.0"
    (sarif,) = log["runs"]
    (rule,) = sarif["tool"]["driver"]["rules"]
    assert rule["id"] == "TW102"
    assert rule["shortDescription"]["text"]
    assert len(sarif["results"]) == 2
    for result in sarif["results"]:
        assert (result["ruleId"], result["ruleIndex"]) == ("TW102", 0)
        location = result["locations"][0]["physicalLocation"]
        assert location["artifactLocation"]["uri"] == SOURCE
        assert location["region"]["endColumn"] == 12


def test_sarif_names_files_by_uris(project: Project) -> None:
    project.write("src/pkg/a b/é%.py", "async def f(x):\n    await x\n")
    log = json.loads(project.run("check", "--output-format", "sarif").out)
    (result,) = log["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    uri = "src/pkg/a%20b/%C3%A9%25.py"
    assert location == {"uri": uri, "uriBaseId": "%SRCROOT%"}


@pytest.mark.parametrize("is_worktree", [True, False])
def test_below_the_root_of_a_repository(tmp_path: Path, is_worktree: bool) -> None:
    """GitHub is told paths that start there; people and other programs are not."""
    if is_worktree:
        (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    else:
        (tmp_path / ".git").mkdir()
    project = new_project(tmp_path / "libs" / "a")
    project.append(SOURCE, REFUSED)
    run = project.run("check", "--output-format", "github")
    assert run.out.startswith(f"::error file=libs/a/{SOURCE},line=19,")
    log = json.loads(project.run("check", "--output-format", "sarif").out)
    (result,) = log["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == f"libs/a/{SOURCE}"
    (finding,) = json.loads(project.run("check", "--output-format", "json").out)[
        "findings"
    ]
    assert finding["path"] == SOURCE
    assert project.run("check").err.startswith(f"{SOURCE}:19:")
    project.replace("pyproject.toml", "runtime =", "run_time =")
    run = project.run("check", "--output-format", "github")
    assert run.out.startswith("::error file=libs/a/pyproject.toml,line=1,")


def test_sarif_in_step(project: Project) -> None:
    run = project.run("check", "--output-format", "sarif")
    assert run.code == 0
    assert json.loads(run.out)["runs"][0]["results"] == []


# -- colour ---------------------------------------------------------------

ANSI = re.compile(r"\033\[[0-9;]*m")


@pytest.mark.parametrize("change", ["refusal", "drift"])
def test_colour_changes_no_word(project: Project, change: str) -> None:
    if change == "refusal":
        project.append(SOURCE, REFUSED)
    else:
        project.replace(TWIN, "sleep(delay, 1)", "sleep(delay, 2)")
    plain = project.run("check", "--color", "never")
    coloured = project.run("check", "--color", "always")
    assert ANSI.sub("", coloured.err) == plain.err
    assert len(ANSI.findall(coloured.err)) >= 6
    assert not ANSI.search(plain.err)


@pytest.mark.parametrize(
    ("environment", "options", "coloured"),
    [
        ({}, [], False),
        ({"FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"FORCE_COLOR": "", "NO_COLOR": ""}, [], False),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
        ({"FORCE_COLOR": "1"}, ["--output-format", "json"], False),
    ],
)
def test_colour_is_decided(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    options: list[str],
    coloured: bool,
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    run = project.run("check", *options)
    assert bool(ANSI.search(run.out + run.err)) == coloured


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_reader_that_has_had_enough(project: Project) -> None:
    # More than a pipe holds.
    project.append(SOURCE, "".join(f"# {n:0200}\n" for n in range(1000)))
    command = [sys.executable, "-m", "twingen", "--project", str(project.root)]
    with subprocess.Popen(
        [*command, "diff"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
