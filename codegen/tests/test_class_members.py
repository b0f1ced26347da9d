"""What a class has, wherever it is defined, and by whatever name it is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.sample_project import Project

PYPROJECT = """
[tool.twingen]
trees = [
    { source = "lib/_async", target = "lib/_sync" },
    { source = "tests/_async", target = "tests/_sync" },
]
[tool.twingen.renames]
"Async*" = "*"
"lib.Async*" = "lib.*"
[tool.twingen.methods]
"AsyncClient.a*" = "*"
"""
CLIENT = "class AsyncClient:\n    async def aget(self): return 'got'\n"
LAZY = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from ._async import AsyncClient
    from ._sync import Client

def __getattr__(name):
    if name == "AsyncClient":
        from ._async import AsyncClient
        return AsyncClient
    from ._sync import Client
    return Client
"""
FILES = {
    "pyproject.toml": PYPROJECT,
    "lib/__init__.py": LAZY,
    "lib/plain.py": "class Resource:\n    def close(self): ...\n",
    "lib/again.py": "from lib.plain import Resource as Closing\n",
    "lib/_async/__init__.py": "from .client import AsyncClient as AsyncClient\n",
    "lib/_async/client.py": CLIENT,
    "tests/_async/__init__.py": "",
    "tests/_async/test_client.py": "def test(): ...\n",
    "tests/_async/test_names.py": "from lib import AsyncClient as AsyncClient\n",
}


def made(root: Path, files: dict[str, str]) -> Project:
    project = Project(root)
    for name, text in {**FILES, **files}.items():
        project.write(name, text)
    return project


FOLLOWED = {
    "a package that was written by hand": "from lib import AsyncClient\n",
    "the same, with the module's name": "import lib\n",
    "a package of the sources": "from lib._async import AsyncClient\n",
    "where it is defined": "from lib._async.client import AsyncClient\n",
}


@pytest.mark.parametrize("imported", FOLLOWED.values(), ids=FOLLOWED)
def test_methods_follow_a_class_by_every_import(imported: str, tmp_path: Path) -> None:
    """A class with a method that stays keeps unknown objects from following."""
    test = (
        "import asyncio\n"
        f"{imported}"
        "class Plain:\n    async def aget(self): return 'kept'\n"
        "async def use(client: AsyncClient, plain: Plain):\n"
        "    return await client.aget(), await plain.aget()\n"
        "async def main():\n    print(*await use(AsyncClient(), Plain()))\n"
        "asyncio.run(main())\n"
    )
    if imported == "import lib\n":
        test = test.replace("AsyncClient", "lib.AsyncClient")
    project = made(tmp_path, {"tests/_async/test_client.py": test})
    built = project.run("build")
    assert built.code == 0, built.err
    for side in ("_async", "_sync"):
        run = subprocess.run(
            [sys.executable, "-m", f"tests.{side}.test_client"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert run.stdout == "got kept\n", run.stderr


REFUSED = {
    "a base in another module": (
        {
            "lib/_async/base.py": "class Base:\n    def __enter__(self): ...\n",
            "lib/_async/m.py": "from .base import Base\nclass M(Base):\n"
            "    async def __aenter__(self): return self\n",
        },
        (
            "m.py:3:15: TW106 dunder_method: __aenter__ becomes __enter__ in the "
            "twin, which would hide Base.__enter__"
        ),
    ),
    "a base that a package of the sources imports": (
        {
            "lib/_async/__init__.py": "from .base import Base\n"
            "from .client import AsyncClient as AsyncClient\n",
            "lib/_async/base.py": "class Base:\n    def close(self): ...\n",
            "lib/_async/m.py": "from . import Base\nclass M(Base):\n"
            "    async def aclose(self): self.close()\n",
        },
        "m.py:3:15: TW128 merged_member: aclose of this class and close of lib._async",
    ),
    "a base outside of the sources": (
        {
            "lib/_async/m.py": "from lib.again import Closing\n"
            "class M(Closing):\n    async def aclose(self): self.close()\n",
        },
        "m.py:3:15: TW128 merged_member: aclose of this class and close of ",
    ),
    "a subclass in another module": (
        {
            "lib/_async/base.py": "class Base:\n    async def aclose(self): ...\n",
            "lib/_async/m.py": "from .base import Base\nclass M(Base):\n"
            "    def close(self): ...\n",
        },
        "m.py:3:9: TW128 merged_member: close of this class and aclose of ",
    ),
    "a base of a package": (
        {
            "lib/_async/m.py": "import black\nclass M(black.WriteBack):\n"
            "    async def __aiter__(self): yield 1\n"
            "from libcst import CSTTransformer\nclass N(CSTTransformer):\n"
            "    async def aleave(self): ...\n",
            "pyproject.toml": PYPROJECT + '"N.aleave" = "on_leave"\n',
        },
        "m.py:6:15: TW128 merged_member: aleave of this class and on_leave of ",
    ),
    "a member of another module that has no twin": (
        {
            "lib/_async/base.py": "class Base:\n"
            "    async def drain(self): ...  # twingen: async-only\n",
            "lib/_async/m.py": "from .base import Base\n"
            "async def use(base: Base): await base.drain()\n",
        },
        "m.py:2:39: TW129 async_only_member: drain of lib._async.base.Base is marked",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_class_members_that_are_refused(name: str, tmp_path: Path) -> None:
    files, said = REFUSED[name]
    run = made(tmp_path, files).run("build")
    assert run.code == 2
    assert said in run.err


def test_a_change_outside_of_the_sources_is_seen(tmp_path: Path) -> None:
    """What is known from earlier counts for the same classes outside, too."""
    base = (
        "from lib.plain import Resource\n"
        "class M(Resource):\n    async def aclose(self): ...\n"
    )
    project = made(tmp_path, {"lib/_async/m.py": base})
    project.write("lib/plain.py", "class Resource: ...\n")
    assert project.run("build").code == 0
    project.write("lib/plain.py", "class Resource:\n    def close(self): ...\n")
    again = project.run("build")
    assert again.code == 2
    assert "TW128" in again.err
