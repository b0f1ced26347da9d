"""What the guide says to do can be done, and its examples are what happens."""

from __future__ import annotations

import ast
import asyncio
import importlib
import re
import sys
import textwrap
from pathlib import Path
from types import ModuleType

import pytest

from support import guide_walkthrough
from support.sample_project import Project
from twingen.project.config import _KEYS

PAGES = {"README": guide_walkthrough.README, **guide_walkthrough.GUIDE}
BLOCKS = re.findall(r"^```python\n(.*?)^```", "".join(PAGES.values()), re.M | re.S)
SETTINGS = """
[tool.twingen]
runtime = "guide_sync.runtime"
side = "guide._side.ASYNC"
trees = [
    { source = "guide", target = "guide_sync", module = "guide", twin = "guide_sync" },
]
"""


@pytest.mark.one_python
@pytest.mark.skipif(sys.platform == "win32", reason="the lines are for a POSIX shell")
def test_readme(tmp_path: Path) -> None:
    guide_walkthrough.follow(tmp_path)


def block(beginning: str) -> str:
    """Return the example that begins so."""
    (found,) = (each for each in BLOCKS if each.startswith(beginning))
    return found


def test_every_example_is_tried() -> None:
    tried = [
        "async def first",
        "def first",
        "import twingen",
        "class Pool",
        "async with asyncio",
    ]
    assert [block(each) for each in tried] == BLOCKS


def test_every_key_is_in_the_index() -> None:
    page = guide_walkthrough.GUIDE["configuration"]
    index = page.partition("## Index of the keys\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"`([a-z_]+)`", index)) == set(_KEYS)


def test_configurations_of_the_guide_are_toml() -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```", "".join(PAGES.values()), re.M | re.S)
    assert len(blocks) > 5
    for each in blocks:
        guide_walkthrough.tomllib.loads(each)


@pytest.mark.parametrize("page", PAGES)
def test_anchors(page: str) -> None:
    """A link into a page of the guide names a heading that is there."""
    folder = guide_walkthrough.HERE / (
        "docs/guide" if page in guide_walkthrough.GUIDE else ""
    )
    for path, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", PAGES[page]):
        text = PAGES[page]
        if path:
            text = (folder / path).read_text(encoding="utf-8")
        headings = re.findall(r"^#+ (.*)$", text, re.M)
        assert anchor in [
            re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings
        ], f"{page}: {path}#{anchor}"


def converted(folder: Path, code: str, more: str = "") -> tuple[str, str]:
    """Return an example in both forms, as modules of a project that was built.

    `more` is configured besides.
    """
    project = Project(folder)
    project.write("pyproject.toml", SETTINGS + more)
    project.write("guide/__init__.py", "")
    project.write("guide/_side.py", "ASYNC = True\n")
    # Elsewhere in the project, so that its key is not idle.
    project.write(
        "guide/sides.py",
        "from guide._side import ASYNC\nif ASYNC:\n    kind = 'async'\n",
    )
    project.write("guide/shown.py", code)
    run = project.run("build")
    assert run.code == 0, run.err
    return code, project.read("guide_sync/shown.py")


def loaded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[ModuleType, ModuleType]:
    """Import both forms."""
    monkeypatch.syspath_prepend(str(folder))
    names = ("guide.shown", "guide_sync.shown")
    for name in [each for each in sys.modules if each.partition(".")[0][:5] == "guide"]:
        monkeypatch.delitem(sys.modules, name)
    importlib.invalidate_caches()
    one, other = (importlib.import_module(name) for name in names)
    return one, other


def test_source_and_twin_in_the_guide_belong_together(tmp_path: Path) -> None:
    source, shown = block("async def first"), block("def first")
    kinds = "    _lock: asyncio.Lock\n    _ready: asyncio.Event\n    _item: str\n"
    code = f"import asyncio\n\n\nclass A:\n{kinds}{textwrap.indent(source, '    ')}"
    _, twin = converted(tmp_path, code)
    (made,) = (each for each in ast.parse(twin).body if isinstance(each, ast.ClassDef))
    assert ast.unparse(made.body[-1]) == ast.unparse(ast.parse(shown))


def test_side_by_a_constant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("anyio")
    head = "import anyio\n\nfrom guide._side import ASYNC\n\n\n"
    _, twin = converted(tmp_path, head + block("class Pool"))
    assert "scope" not in twin
    assert "ASYNC" not in twin
    one, other = loaded(tmp_path, monkeypatch)

    async def answer() -> int:
        return 7

    assert asyncio.run(one.Pool().run(answer)) == other.Pool().run(lambda: 7) == 7


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio has no task groups")
def test_task_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = "import asyncio\n\nfetched = []\n\n\nasync def fetch(number):\n"
    head += "    fetched.append(number)\n\n\nasync def main():\n"
    body = textwrap.indent(block("async with asyncio"), "    ")
    code = f"{head}{body}    return sorted(fetched)\n"
    for number, more in enumerate(("", 'tasks = "threads"\n')):
        folder = tmp_path / str(number)
        _, twin = converted(folder, code, more)
        assert ("@entry" in twin) == (not more)
        one, other = loaded(folder, monkeypatch)
        assert asyncio.run(one.main()) == other.main() == [1, 2]
