"""A project whose twins are in step."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from project import Project, new_project


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project that every test gets a copy of."""
    made = new_project(tmp_path_factory.mktemp("built"))
    run = made.run("build")
    assert run.code == 0, run.err
    return made.root


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Project:
    return Project(shutil.copytree(built, tmp_path / "project"))
