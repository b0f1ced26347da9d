"""A project whose twins are in step."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.sample_project import Project, new_project


@pytest.fixture(autouse=True, scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the caches of the tests apart from those of the user."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TWINGEN_CACHE_DIR", str(tmp_path_factory.mktemp("caches")))
        yield


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
