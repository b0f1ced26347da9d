"""What an editor offers to insert settles the refusal, and hovering explains it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.sample_project import Project
from twingen.commands.language_server.editor_requests import Editing
from twingen.commands.language_server.quick_fixes import Remedy
from twingen.syntax.source import lines_of

NAME = "src/pkg/web.py"
LOAD = "import acmeweb\n\n\nasync def load(x):\n    await acmeweb.request(x)\n"


def inserted(text: str, remedy: Remedy) -> str:
    """Return a text after an insertion, as an editor makes it."""
    lines = lines_of(text)
    if remedy.at_end:
        lines[remedy.line - 1] += remedy.text
        return "\n".join(lines) + "\n"
    before, after = lines[: remedy.line - 1], lines[remedy.line - 1 :]
    return (
        "".join(f"{line}\n" for line in before) + remedy.text + "\n".join([*after, ""])
    )


def offered(project: Project, line: int) -> list[Remedy]:
    return Editing().remedies((project.root / NAME).resolve(), line)


def apply(project: Project, remedy: Remedy) -> None:
    name = remedy.path.relative_to(project.root.resolve()).as_posix()
    project.write(name, inserted(project.read(name), remedy))


@pytest.mark.parametrize("head", ["", '\n[tool.twingen.libraries."acmeweb"]\n'])
def test_remedy_adds_a_row_to_pyproject(project: Project, head: str) -> None:
    project.write(NAME, LOAD)
    project.append("pyproject.toml", head)
    row, _ = offered(project, 5)
    assert row.title == "Add a row for acmeweb.request to pyproject.toml"
    apply(project, row)
    assert project.read("pyproject.toml").count("libraries") == 1
    project.replace("pyproject.toml", '"..."', '"httpx.request"')
    assert project.run("build").code == 0
    assert "httpx.request(x)" in project.read("out/pkg_sync/web.py")


def test_no_row_where_no_table_can_follow(project: Project) -> None:
    project.write(NAME, LOAD)
    project.replace(
        "pyproject.toml", "trees =", 'libraries = { one = { a = "b" } }\ntrees ='
    )
    titles = [each.title for each in offered(project, 5)]
    assert len(titles) == 1
    assert "async-only" in titles[0]


STATEMENTS = {
    "one line": "    await acmeweb.request(x)\n",
    "several lines": "    return await acmeweb.request(\n        x,\n    )\n",
    "a comment": "    await acmeweb.request(x)  # why\n",
    "a list": "    return [\n        # why\n        await acmeweb.get(x),\n    ]\n",
    "a condition": "    if (\n        await acmeweb.get(x)\n    ):\n        pass\n",
    "a block": "    async with acmeweb.ClientSession():\n        print(x)\n",
    "a nested block": "    if x:\n        await acmeweb.request(x)\n    return 1\n",
}


@pytest.mark.parametrize("what", STATEMENTS)
def test_remedy_marks_code_async_only(project: Project, what: str) -> None:
    text = f"import acmeweb\n\n\nasync def load(x):\n    print(x)\n{STATEMENTS[what]}"
    project.write(NAME, text)
    line = next(n for n, each in enumerate(lines_of(text), 1) if "acmeweb." in each)
    *_, marker = offered(project, line)
    assert marker.title.endswith("`# twingen: async-only`")
    apply(project, marker)
    run = project.run("build")
    assert run.code == 0, run.err
    assert "acmeweb." not in project.read("out/pkg_sync/web.py")


def test_nothing_to_offer(project: Project) -> None:
    project.write(
        NAME, f"{LOAD}    if x:\n        pass\n    elif await acmeweb.get(): ...\n"
    )
    (row,) = offered(project, 8)
    assert "row" in row.title
    project.write(NAME, "async def load(x):\n    await x\n")
    assert offered(project, 2) == []
    assert offered(project, 1) == []
    project.write(NAME, "def f(:\n")
    assert offered(project, 1) == []
    assert Editing().remedies(Path(__file__), 1) == []


def test_hover(project: Project) -> None:
    project.write(NAME, LOAD)
    editing, root = Editing(), project.root.resolve()
    refused = editing.explained(root / NAME, 5)
    assert refused is not None
    assert refused.startswith("**TW109 unknown_library_call**\n\n## Refused: ")
    editing.texts[root / NAME] = ""
    source = root / "src/pkg/client.py"
    line = lines_of(source.read_text()).index(
        "            await asyncio.wait_for(asyncio.sleep(delay), 1)"
    )
    changed = editing.explained(source, line + 1)
    assert changed is not None
    assert re.search(r"^  TW302 wait_for_call: ", changed, re.MULTILINE)
    assert editing.explained(root / "pyproject.toml", 1) is None
    assert editing.explained(source, 999) is None
