"""The example of a library that adopts twingen: a project of its own."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.website.mirror import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = ROOT / "examples" / "adoption"


def run(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_configuration_is_the_one_that_is_proposed(tmp_path: Path) -> None:
    shutil.copytree(PROJECT, tmp_path / "project")
    settings = tmp_path / "project" / "pyproject.toml"
    written = settings.read_text(encoding="utf-8")
    before, _, configuration = written.partition("[tool.twingen]")
    settings.write_text(before, encoding="utf-8")
    for twin in ("src/cachette/_sync", "tests/_sync"):
        shutil.rmtree(tmp_path / "project" / twin)
    proposed = run("twingen", "--project", str(settings.parent), "init")
    used = tomllib.loads(f"[tool.twingen]{configuration}")["tool"]
    # What the author knows of the sources, and nobody can propose.
    assert used["twingen"].pop("tasks") == "threads"
    assert tomllib.loads(proposed)["tool"] == used


def test_twins_are_in_step() -> None:
    assert "in step" in run("twingen", "check", "--no-cache")


def test_both_forms_pass_the_same_tests() -> None:
    passed = [
        re.findall(r"^tests/_\w+/(.+) PASSED", said, re.M)
        for form in ("_async", "_sync")
        for said in [run("pytest", "-v", "-p", "no:cacheprovider", f"tests/{form}")]
    ]
    assert len(passed[0]) > 10
    assert passed[0] == passed[1]
