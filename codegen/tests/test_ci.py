"""What `docs/ci.md` and the pre-commit hooks tell others to run does what they say."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import twingen
from support.sample_project import Project

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "codegen" / "docs" / "ci.md").read_text(encoding="utf-8")
JOB, SARIF, LOCAL, FROM_HERE = (
    yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
)
(RECIPE,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
HOOKS: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
)


def commands() -> set[str]:
    """Return every command with twingen of the page and of the hooks."""
    steps = [*JOB["jobs"]["twins"]["steps"], *SARIF]
    hooks = [*HOOKS, *LOCAL["repos"][0]["hooks"]]
    found = {step["run"] for step in steps if "run" in step}
    found |= {hook["entry"] for hook in hooks}
    return {line.partition(" >")[0] for line in found if line.startswith("twingen ")}


def test_version_is_this_one() -> None:
    assert set(re.findall(r"twingen==([\d.]+)", PAGE)) == {twingen.__version__}


def test_commands_are_found() -> None:
    assert commands() == {
        "twingen build",
        "twingen check",
        "twingen check --no-cache --output-format github",
        "twingen check --no-cache --output-format sarif",
    }


@pytest.mark.parametrize("command", sorted(commands()))
def test_command(command: str, project: Project) -> None:
    """In step it succeeds; a check fails on drift, and a build mends it."""
    arguments = shlex.split(command)[1:]
    assert project.run(*arguments).code == 0
    project.append("src/pkg/client.py", "# more\n")
    builds = arguments == ["build"]
    assert project.run(*arguments).code == (0 if builds else 1)
    assert project.run("check").code == (0 if builds else 1)


def test_hooks() -> None:
    assert [hook["id"] for hook in HOOKS] == ["twingen-build", "twingen-check"]
    for hook in HOOKS:
        assert hook["language"] == "python"
        assert hook["pass_filenames"] is False
        # A file that is not Python can be out of step as well.
        assert hook["always_run"] is True
        (needed,) = hook["additional_dependencies"]
        project = (ROOT / needed / "pyproject.toml").read_text(encoding="utf-8")
        assert 'name = "twingen"' in project
    known = {hook["id"] for hook in HOOKS}
    assert {hook["id"] for hook in FROM_HERE["repos"][0]["hooks"]} <= known


@pytest.mark.parametrize("drift", [False, True])
def test_nox_recipe(drift: bool, project: Project) -> None:
    """The session in nox itself; only what it installs is here already."""
    pytest.importorskip("nox")
    install = '    session.install("twingen==0.1.0")\n'
    assert install in RECIPE
    project.write("noxfile.py", RECIPE.replace(install, ""))
    if drift:
        project.append("src/pkg/client.py", "# more\n")
    here = Path(sys.executable).parent
    run = subprocess.run(
        [sys.executable, "-m", "nox", "--no-venv", "-s", "twins", "--", "--diff"],
        cwd=project.root,
        env={**os.environ, "PATH": f"{here}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == int(drift), run.stderr
    assert ("+# more" in run.stdout) == drift
