"""The libraries that are converted by configuration alone: what says so is well formed.

Converting them and running their tests needs the network: `nox -s adopted`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from twingen.project.config import load

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CODEGEN = Path(__file__).parents[1]
FILES = sorted((CODEGEN / "adopted").glob("*.toml"))


def test_there_are_several() -> None:
    assert len(FILES) >= 3


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
class TestEveryLibrary:
    def test_is_pinned(self, file: Path) -> None:
        library = tomllib.loads(file.read_text(encoding="utf-8"))["library"]
        assert library["name"] == file.stem
        assert re.fullmatch(r"[0-9a-f]{64}", library["sha256"])
        pinned = re.compile(r"[\w.-]+(\[\w+\])?==[\w.]+")
        assert all(map(pinned.fullmatch, library.get("requires", [])))

    def test_configuration_can_be_read(self, file: Path, tmp_path: Path) -> None:
        text = file.read_text(encoding="utf-8")
        trees = tomllib.loads(text)["tool"]["twingen"]["trees"]
        for tree in trees:
            (tmp_path / tree["source"]).mkdir(parents=True)
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        assert len(load(tmp_path).trees) == len(trees)

    def test_manual_shows_the_configuration(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        manual = (CODEGEN / "docs" / "adopted.md").read_text(encoding="utf-8")
        version = tomllib.loads(text)["library"]["version"]
        assert f"## {file.stem} {version}" in manual
        assert text[text.index("[tool.twingen]") :] in manual
