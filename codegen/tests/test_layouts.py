"""Where twins stand: beside their sources, around or inside of them."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from support.sample_project import Project

CONFIGURATION = """
[tool.twingen]
tasks = "threads"
trees = [{trees}]

[tool.twingen.renames]
"Async*" = "*"
"""

POOL = """from ._helpers import connect
from .client_async import AsyncClient


class AsyncPool:
    async def get(self) -> AsyncClient:
        return AsyncClient(await connect())
"""
CLIENT = """class AsyncClient:
    def __init__(self, connection: object) -> None:
        self.connection = connection

    async def close(self) -> None:
        pass
"""


def made(tmp_path: Path, trees: str, files: dict[str, str]) -> Project:
    """Return a project with these trees and files."""
    made = Project(tmp_path)
    one_line = " ".join(trees.split())  # as TOML has it
    made.write("pyproject.toml", CONFIGURATION.replace("{trees}", one_line))
    for name, text in files.items():
        made.write(name, text)
    return made


class TestBesideTheirSources:
    TREE = """{ source = "src/pkg", target = "src/pkg", module = "pkg", twin = "pkg",
        files = { "*_async.py" = "*.py" } }"""
    FILES: ClassVar = {
        "src/pkg/__init__.py": "",
        "src/pkg/errors.py": "class AsyncError(Exception):\n    pass\n",
        "src/pkg/_helpers.py": "def connect():\n    return 1\n",
        "src/pkg/data.json": "{}\n",
        "src/pkg/client_async.py": CLIENT,
        "src/pkg/sub/__init__.py": "",
        "src/pkg/sub/deep_async.py": "from ..client_async import AsyncClient\n\n\n"
        "async def close(client: AsyncClient) -> None:\n    await client.close()\n",
    }

    def test_only_they_are_converted(self, tmp_path: Path) -> None:
        project = made(tmp_path, self.TREE, self.FILES)
        assert project.run("build").code == 0
        new = {
            path.relative_to(tmp_path).as_posix()
            for path in (tmp_path / "src").rglob("*.*")
        } - {*self.FILES, "src/pkg/sub"}
        assert new == {"src/pkg/client.py", "src/pkg/sub/deep.py"}
        deep = (tmp_path / "src/pkg/sub/deep.py").read_text()
        assert "from ..client import Client\n" in deep
        assert project.run("check").code == 0
        assert project.run("build").code == 0

    def test_what_is_the_authors_stays(self, tmp_path: Path) -> None:
        files = {**self.FILES, "src/pkg/client.py": "# by hand\n"}
        project = made(tmp_path, self.TREE, files)
        run = project.run("build")
        assert run.code == 1
        assert "src/pkg/client.py: edited by hand" in run.err
        assert (tmp_path / "src/pkg/client.py").read_text() == "# by hand\n"

    def test_a_twin_without_a_source_is_an_orphan(self, tmp_path: Path) -> None:
        project = made(tmp_path, self.TREE, self.FILES)
        assert project.run("build").code == 0
        (tmp_path / "src/pkg/sub/deep_async.py").unlink()
        run = project.run("check")
        assert run.code == 1
        assert "src/pkg/sub/deep.py: orphan" in run.err
        assert project.run("build").code == 0
        assert not (tmp_path / "src/pkg/sub/deep.py").exists()

    def test_a_twin_is_no_source(self, tmp_path: Path) -> None:
        """`*.py` would match what is written by `*_sync.py`."""
        tree = self.TREE.replace('"*_async.py" = "*.py"', '"c*.py" = "c*_sync.py"')
        project = made(tmp_path, tree, self.FILES)
        assert project.run("build").code == 0
        assert project.run("check").code == 0
        assert not (tmp_path / "src/pkg/client_async_sync_sync.py").exists()


class TestNestedFolders:
    FILES: ClassVar = {
        "test/asynchronous/__init__.py": "",
        "test/asynchronous/helpers.py": "async def connect():\n    return 1\n",
        "test/asynchronous/test_it.py": "from test.asynchronous.helpers import "
        "connect\n\n\nasync def test() -> None:\n    assert await connect() == 1\n",
        "test/other.py": "import asyncio\n",
        "test/helpers.py": "def connect():\n    return 1\n",
    }

    def test_target_around_its_source(self, tmp_path: Path) -> None:
        tree = """{ source = "test/asynchronous", target = "test",
            handwritten = ["__init__.py", "helpers.py"] }"""
        files = {**self.FILES, "test/__init__.py": ""}
        project = made(tmp_path, tree, files)
        project.replace("pyproject.toml", '"Async*" = "*"\n', "")
        assert project.run("build").code == 0
        twin = (tmp_path / "test/test_it.py").read_text()
        assert "from test.helpers import connect\n" in twin
        assert "assert connect() == 1" in twin
        assert (tmp_path / "test/helpers.py").read_text() == files["test/helpers.py"]
        assert project.run("check").code == 0

    def test_target_inside_its_source(self, tmp_path: Path) -> None:
        tree = """{ source = "pkg", target = "pkg/_sync", exclude = ["_cli.py"] }"""
        files = {
            "pkg/__init__.py": "",
            "pkg/client_async.py": CLIENT,
            "pkg/_cli.py": "import asyncio\n",
        }
        project = made(tmp_path, tree, files)
        assert project.run("build").code == 0
        assert (tmp_path / "pkg/_sync/client_async.py").is_file()
        assert project.run("build").code == 0
        assert not (tmp_path / "pkg/_sync/_sync").exists()
        assert project.run("check").code == 0


class TestChosenFiles:
    def test_the_others_are_not_looked_at(self, tmp_path: Path) -> None:
        tree = '{ source = "a", target = "b", include = ["pool.py", "client*.py"], '
        tree += 'handwritten = ["client_async.py"] }'
        files = {
            "a/pool.py": POOL.replace("from ._helpers", "from a._helpers"),
            "a/client_async.py": CLIENT,
            "a/_helpers.py": "async def connect(:\n",
            "b/client_async.py": "class Client:\n    pass\n",
        }
        project = made(tmp_path, tree, files)
        project.append(
            "pyproject.toml",
            '[tool.twingen.libraries."a._helpers"]\nconnect = "b._helpers.connect"\n',
        )
        assert project.run("build").code == 0
        twin = (tmp_path / "b/pool.py").read_text()
        assert "from b._helpers import connect\n" in twin
        assert "from .client_async import Client\n" in twin
        assert project.run("check").code == 0

    def test_the_target_may_have_more(self, tmp_path: Path) -> None:
        tree = '{ source = "a", target = "b", handwritten = ["only_sync.py"] }'
        files = {"a/client.py": CLIENT, "b/only_sync.py": "", "b/other.py": ""}
        project = made(tmp_path, tree, files)
        run = project.run("build")
        assert run.code == 1
        assert "only_sync.py" not in run.err
        assert "b/other.py: not written by twingen" in run.err

    def test_a_file_of_two_trees_is_refused(self, tmp_path: Path) -> None:
        trees = '{ source = "a", target = "b" }, '
        trees += '{ source = "a", target = "c", include = ["client*.py"] }'
        project = made(tmp_path, trees, {"a/client_async.py": CLIENT})
        run = project.run("build")
        assert run.code == 2
        assert "a/client_async.py is a source of two trees" in run.err
