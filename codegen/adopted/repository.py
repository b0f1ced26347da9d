"""What a release leaves out, from the repository that it is made of."""

from __future__ import annotations

import shutil
from pathlib import Path

from library import Repository
from releases import run


def complete(root: Path, repository: Repository, clone: Path) -> None:
    """Copy files of a commit into a release; what is fetched stays in `clone`."""
    clone.mkdir()
    run(["git", "init", "--quiet"], clone)
    fetch = ["git", "fetch", "--quiet", "--depth=1"]
    run([*fetch, repository.url, repository.commit], clone)
    checkout = ["git", "checkout", "--quiet", repository.commit, "--"]
    run([*checkout, *repository.files], clone)
    for source, target in repository.files.items():
        path = root / target
        path.parent.mkdir(parents=True, exist_ok=True)
        if (clone / source).is_dir():
            shutil.copytree(clone / source, path, symlinks=True)
        else:
            shutil.copy(clone / source, path)
