"""`formatter`: ruff and nothing beside black, by configuration and in every command."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import black
import pytest

import twingen
from support.case_files import CASES
from support.sample_project import FILES, Project, new_project
from twingen.commands.language_server.editor_requests import Editing
from twingen.commands.watch import watched
from twingen.formatting import ruff_command as ruff_module
from twingen.formatting.formatter import NoFormatter

ruff = pytest.importorskip("ruff")
pytestmark = pytest.mark.one_python
RUFF = ruff.find_ruff_bin()
TWIN = "out/pkg_sync/client.py"
SOURCE = "src/pkg/client.py"
# What every layout changes: quotes, a call over lines, a long line, an example.
ODD = '''"""A client.

.. code-block:: python

    async def main(client):
        return await client.fetch('a',
                                  'b')
"""
from pkg.errors import Lost

class AsyncClient:
    """Fetches.

    >>> await AsyncClient().fetch( 'a' , first_of_all_the_options=1, second_of_them=2)
    """
    rows = { 'one':1,
      'two': 2, }

    async def fetch(self, *names:str, first_of_all_the_options = 1, second_of_them = 2):
        async with self.lock, self.another_lock_with_a_long_name, self.a_third_lock:
            return await self.fetch_all([n for n in names if n ], (await self.get()), 1)
    async def fetch_all(self, *what): return what
    async def get(self):
        raise Lost ('it is lost')
'''
PAGE = """# Title

- an item

    ```python
    async def main(client):
        return await client.get('a', first_of_all_the_options=1, second_of_them=2, x=3)
    ```

```pycon
>>> client = AsyncClient()
>>> await client.fetch( 'a' )
1
```
"""
RST = """Title
=====

.. code-block:: python

    async def main(client):
        return await client.get('a', first_of_all_the_options=1, second_of_them=2, x=3)
"""
BASE = "line-length = 60\n[format]\nquote-style = 'single'\n"
SETTINGS: dict[str, dict[str, str]] = {
    "none": {},
    "length and quotes": {
        "pyproject.toml": "[tool.ruff]\nline-length = 50\n"
        "[tool.ruff.format]\nquote-style = 'single'\n"
    },
    "ruff.toml goes before": {
        "pyproject.toml": "[tool.ruff]\nline-length = 20\n",
        "ruff.toml": BASE,
    },
    "tabs": {"ruff.toml": "[format]\nindent-style = 'tab'\n"},
    "preview": {"ruff.toml": "preview = true\nline-length = 70\n"},
    "commas": {"ruff.toml": "[format]\nskip-magic-trailing-comma = true\n"},
    "examples": {
        "ruff.toml": "[format]\ndocstring-code-format = true\n"
        "docstring-code-line-length = 40\n"
    },
    "an old Python": {"ruff.toml": "target-version = 'py38'\n"},
    "one file": {"ruff.toml": "per-file-target-version = {'client.py' = 'py38'}\n"},
    "excluded": {
        "ruff.toml": "force-exclude = true\nextend-exclude = ['out']\n"
        "[format]\nexclude = ['out/**']\nquote-style = 'single'\n"
    },
    "a folder of its own": {"out/ruff.toml": BASE},
    "extended": {"ruff.toml": "extend = 'conf/base.toml'\n", "conf/base.toml": BASE},
    "copied from the sources": {"src/pkg/sub/ruff.toml": BASE},
    "a table without ruff between": {
        "ruff.toml": BASE,
        "out/pyproject.toml": "[project]\nname = 'x'\n",
    },
}


def made(root: Path, **changes: str) -> Project:
    """Return a project that ruff lays out, with sources that need it."""
    project = new_project(root, **{SOURCE: ODD, **changes})
    project.replace(
        "pyproject.toml", "[tool.twingen]\n", '[tool.twingen]\nformatter = "ruff"\n'
    )
    return project


def add(project: Project, files: dict[str, str]) -> None:
    for name, text in files.items():
        if name == "pyproject.toml":
            project.append(name, text)
        else:
            project.write(name, text)


def format_by_ruff(
    project: Project, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run `ruff format` in a project on its twins, excluded or not."""
    command = [RUFF, "format", "--no-cache", "--no-force-exclude", *arguments]
    paths = [str(path) for path in (project.root / "out").rglob("*.py")]
    pages = [str(path) for path in project.root.rglob("*.md")]
    return subprocess.run(
        [*command, *paths, *pages], cwd=project.root, capture_output=True, text=True
    )


@pytest.fixture
def by_ruff(tmp_path: Path) -> Project:
    project = made(tmp_path / "project")
    assert project.run("build").code == 0
    return project


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The calls of `ruff format` in this process."""
    found: list[Sequence[str]] = []
    run = subprocess.run

    def recorded(command: Sequence[str], **options: object) -> object:
        if "format" in command:
            found.append(command)
        return run(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr("twingen.formatting.ruff_command.subprocess.run", recorded)
    return found


class TestLayout:
    @pytest.mark.parametrize("name", SETTINGS)
    def test_ruff_changes_nothing(self, tmp_path: Path, name: str) -> None:
        """What a project configures for its files counts for its twins."""
        project = made(tmp_path)
        add(project, SETTINGS[name])
        assert project.run("build").code == 0
        checked = format_by_ruff(project, "--check")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        before = project.snapshot()
        assert format_by_ruff(project).returncode == 0
        assert project.snapshot() == before
        assert project.run("check").code == 0
        assert project.run("check", "--no-cache").code == 0

    def test_configuration_counts(self, tmp_path: Path) -> None:
        """The test above would pass for layouts that ruff leaves for other reasons."""
        shown = {
            "none": '    rows = {\n        "one": 1,\n',
            "length and quotes": "        raise Lost('it is lost')\n",
            "tabs": '\t\traise Lost("it is lost")\n',
            "commas": '    rows = {"one": 1, "two": 2}\n',
            "examples": '    ...     "a",\n',
            "a folder of its own": "        raise Lost('it is lost')\n",
            "extended": "        raise Lost('it is lost')\n",
        }
        for name, line in shown.items():
            project = made(tmp_path / name)
            add(project, SETTINGS[name])
            assert project.run("build").code == 0
            assert line in project.read(TWIN), name

    def test_twins_have_the_layout_of_black(self, tmp_path: Path) -> None:
        project = new_project(tmp_path / "black")
        assert project.run("build").code == 0
        other = made(tmp_path / "ruff", **{SOURCE: FILES[SOURCE]})
        assert other.run("build").code == 0
        header = re.compile(r"# Generated by twingen .*\n# twingen: sha256 .*\n+")
        for path in (project.root / "out").rglob("*.py"):
            name = path.relative_to(project.root).as_posix()
            assert f", ruff {version()}\n" in other.read(name)
            # Above a first definition ruff leaves two blank lines, below the header.
            assert header.sub("", other.read(name)) == header.sub(
                "", project.read(name)
            )

    def test_most_cases_have_the_layout_of_black(self, tmp_path: Path) -> None:
        """The others are what ruff's documentation calls deviations."""
        twins = [case.expected for case in CASES if case.kind == "twin"]
        texts = {tmp_path / f"{n}.py": t.encode() for n, t in enumerate(twins)}
        found = ruff_module.find_ruff(tmp_path, [tmp_path], {})
        once = {p: t for p, t in found.laid_out(texts).items() if isinstance(t, bytes)}
        assert once.keys() == texts.keys()
        same = [path for path in texts if once[path] == texts[path]]
        assert len(same) > 0.9 * len(texts) > 100
        assert found.laid_out(once) == once

    def test_first_statement_is_laid_out_below_the_header(self, tmp_path: Path) -> None:
        for first in ("class A:\n    pass\n", "# a comment\n\ndef f(): pass\n", ""):
            project = made(tmp_path, **{SOURCE: first, "src/pkg/__init__.py": ""})
            project.remove("src/pkg/sub/deep.py")
            project.replace(
                "pyproject.toml", '[tool.twingen.renames]\n"Async*" = "*"\n', ""
            )
            assert project.run("build", "--force").code == 0
            assert format_by_ruff(project, "--check").returncode == 0
            project.write("src/pkg/sub/deep.py", "")

    def test_all_twins_by_one_call(
        self, tmp_path: Path, calls: list[Sequence[str]]
    ) -> None:
        project = made(tmp_path, **{SOURCE: FILES[SOURCE]})
        assert project.run("build").code == 0
        # The other one is for what is copied of the runtime.
        assert len(calls) == 2
        calls.clear()
        for path in (project.root / "out").rglob("*.py"):
            path.unlink()
        assert project.run("build").code == 0  # from what the cache knows
        assert len(calls) == 2
        assert project.run("check").code == 0

    def test_black_is_not_loaded(self, tmp_path: Path) -> None:
        project = made(tmp_path)
        program = (
            "import sys; from twingen.commands.cli import main; "
            "code = main(sys.argv[1:]); "
            "assert not {'black', 'blib2to3'} & set(sys.modules); sys.exit(code)"
        )
        command = [sys.executable, "-c", program, "--project", str(tmp_path)]
        subprocess.run([*command, "build", "--no-cache"], check=True)
        subprocess.run([*command, "convert", str(tmp_path / SOURCE)], check=True)
        project.replace("pyproject.toml", '"ruff"', '"none"')
        subprocess.run([*command, "build", "--no-cache"], check=True)


class TestExamplesAndPages:
    def pages(self, tmp_path: Path, settings: str = "") -> Project:
        project = made(tmp_path)
        tree = '    { source = "pages", target = "docs" },\n'
        project.replace("pyproject.toml", "trees = [\n", f"trees = [\n{tree}")
        project.replace(
            "pyproject.toml", "[tool.twingen]\n", f"[tool.twingen]\n{IN_PLACE}"
        )
        project.write("pages/page.md", PAGE)
        project.write("pages/page.rst", RST)
        project.write("README.md", f"{FORMATTED}\n<!-- twingen: twin -->\n")
        project.write("ruff.toml", settings)
        return project

    @pytest.mark.parametrize("settings", ["", BASE, "line-length = 120\n"])
    def test_ruff_changes_no_twin(self, tmp_path: Path, settings: str) -> None:
        project = self.pages(tmp_path, settings)
        assert format_by_ruff(project).returncode == 0  # the author's own examples
        run = project.run("build")
        assert run.code == 0, run.err
        checked = format_by_ruff(project, "--check")
        assert checked.returncode == 0, checked.stdout
        assert project.run("check").code == 0

    def test_lengths(self, tmp_path: Path) -> None:
        project = self.pages(tmp_path, "line-length = 79\n")
        assert project.run("build").code == 0
        # The whole length in Markdown, as ruff has it; elsewhere what is left of it.
        page, rst = project.read("docs/page.md"), project.read("docs/page.rst")
        assert '        return client.get("a", first_of_all' in page
        assert "        return client.get(\n" in rst
        assert max(map(len, rst.splitlines())) <= 79
        assert "sha256" in page.splitlines()[-1]
        assert f", ruff {version()} -->" in page.splitlines()[-1]
        twin = project.read(TWIN)
        assert '    >>> Client().fetch("a", first_of_all_the_options=1, ' in twin


IN_PLACE = 'pages = ["*.md"]\n'
FORMATTED = '```python\nasync def f(client):\n    return await client.fetch("a")\n```\n'


def version() -> str:
    said = subprocess.run([RUFF, "--version"], capture_output=True, text=True).stdout
    return said.split()[1]


class TestOtherCommands:
    def test_convert(self, by_ruff: Project) -> None:
        text = by_ruff.read(SOURCE)
        by_ruff.write("ruff.toml", BASE)
        assert by_ruff.run("build").code == 0
        twin = by_ruff.read(TWIN).partition("\n\n")[2]
        assert by_ruff.run("convert", str(by_ruff.root / SOURCE)).out == twin
        name = str(by_ruff.root / SOURCE)
        run = by_ruff.run("convert", "-", "--stdin-filename", name, given=text)
        assert run.out == twin

    def test_where_finds_the_source_of_a_line_laid_out_by_ruff(
        self, by_ruff: Project
    ) -> None:
        lines = by_ruff.read(TWIN).splitlines()
        number = next(n for n, each in enumerate(lines, 1) if "raise Lost" in each)
        said = by_ruff.run("where", f"{by_ruff.root / TWIN}:{number}").out
        source = by_ruff.read(SOURCE).splitlines()
        expected = next(n for n, each in enumerate(source, 1) if "raise Lost" in each)
        assert f"{SOURCE}:{expected}" in said

    def test_edited_lines_are_named(self, by_ruff: Project) -> None:
        by_ruff.replace(TWIN, "it is lost", "it was lost")
        run = by_ruff.run("check")
        assert run.code == 1
        assert "this line was edited by hand; made from src/pkg/client.py:24" in run.err

    def test_language_server(self, by_ruff: Project) -> None:
        editing = Editing()
        source, twin = by_ruff.root / SOURCE, by_ruff.root / TWIN
        assert editing.findings(source) == []
        line = (
            by_ruff.read(SOURCE).splitlines().index("        raise Lost ('it is lost')")
        )
        place = editing.twin_place(source, line + 1)
        assert place is not None
        assert place[0] == twin
        assert (
            'raise Lost("it is lost")' in by_ruff.read(TWIN).splitlines()[place[1] - 1]
        )
        assert editing.source_place(*place) == (source, line + 1)

    def test_preview_and_adopt(self, by_ruff: Project) -> None:
        assert by_ruff.run("preview").code == 0
        assert by_ruff.read(f"twingen-preview/{TWIN}") == by_ruff.read(TWIN)
        assert by_ruff.run("adopt").code == 0

    def test_watch_looks_at_what_configures_ruff(self, by_ruff: Project) -> None:
        by_ruff.write("ruff.toml", "extend = 'base.toml'\n")
        by_ruff.write("base.toml", BASE)
        sources = watched(by_ruff.root).sources
        for name in ("ruff.toml", "base.toml", ".ruff.toml"):
            assert by_ruff.root / name in sources

    def test_api(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        text = "async def f():\n    return await g( 'a' )\ndef g(x): return [x]\n"
        (tmp_path / "ruff.toml").write_text("[format]\nquote-style = 'single'\n")
        monkeypatch.chdir(tmp_path)
        twin = "def f():\n    return g('a')\n\n\ndef g(x):\n    return [x]\n"
        assert twingen.convert(text, formatter="ruff") == twin
        path = str(tmp_path / "x.py")
        monkeypatch.chdir("/")
        assert twingen.convert(text, formatter="ruff", path=path) == twin
        assert twingen.convert(text) == twin.replace("'", '"')
        assert twingen.convert(text, formatter="none") == text.replace(
            "async ", ""
        ).replace("await ", "")


class TestNone:
    def test_layout_of_the_source_stays(self, tmp_path: Path) -> None:
        project = made(tmp_path)
        project.replace("pyproject.toml", '"ruff"', '"none"')
        assert project.run("build").code == 0
        twin = project.read(TWIN)
        assert "    rows = { 'one':1,\n      'two': 2, }\n" in twin
        assert "def fetch_all(self, *what): return what\n" in twin
        assert ">>> Client().fetch( 'a' , first_of_all" in twin
        assert re.search(r"^# twingen: sha256 \w{16}$", twin, re.MULTILINE)
        assert project.run("check", "--no-cache").code == 0

    def test_only_the_layout_differs(self) -> None:
        differ = []
        for case in CASES:
            if case.kind == "twin":
                kind, twin = case.result(case.source, NoFormatter())
                assert kind == "twin"
                laid_out = black.format_str(twin, mode=black.Mode())
                differ += [case] if laid_out != case.expected else []
        # What black does not see.
        assert all(re.search(r">>> |::\n|```", case.source) for case in differ)
        assert differ


class TestDrift:
    def test_configuration_of_ruff(self, by_ruff: Project) -> None:
        by_ruff.write("ruff.toml", "line-length = 70\n")
        run = by_ruff.run("check")
        assert run.code == 1
        assert f"{TWIN}: stale (from {SOURCE})\n" in run.err
        assert by_ruff.run("build").code == 0
        by_ruff.write("ruff.toml", "line-length = 60\n")
        assert by_ruff.run("check").code == 1
        by_ruff.remove("ruff.toml")
        by_ruff.append("pyproject.toml", "[tool.other]\nline-length = 1\n")
        assert by_ruff.run("build").code == 0
        assert by_ruff.run("check").code == 0

    def test_another_version(
        self, by_ruff: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ruff_module, "_version", lambda *_: "99.1.2")
        run = by_ruff.run("check")
        assert run.code == 1
        other = "the formatter here is ruff 99.1.2"
        kind = f"stale: laid out by ruff {version()}, and {other}"
        assert f"{TWIN}: {kind} (from {SOURCE})\n" in run.err
        remedy = f"fix this with `twingen build`, or install ruff=={version()} again"
        assert remedy in run.err
        run = by_ruff.run("check", "--output-format", "json")
        assert kind in run.out
        assert f"install ruff=={version()} again" in run.out
        assert by_ruff.run("build").code == 0
        assert by_ruff.run("check").code == 0
        assert ", ruff 99.1.2\n" in by_ruff.read(TWIN)
        by_ruff.replace("pyproject.toml", '"ruff"', '"black"')
        run = by_ruff.run("check")
        assert "laid out by ruff 99.1.2, and the formatter here is black" in run.err
        assert by_ruff.run("build").code == 0
        assert "ruff" not in by_ruff.read(TWIN)

    def test_black_says_what_it_said(self, tmp_path: Path) -> None:
        project = new_project(tmp_path)
        assert project.run("build").code == 0
        before = project.read(TWIN)
        assert re.match(r"# Gen.*\n# twingen: sha256 \w{16}\n\n", before)
        project.replace("pyproject.toml", "tasks", 'formatter = "black"\ntasks')
        assert project.run("check", "--no-cache").code == 0


# A ruff that ends as it is told, after the version of the real one.
FAKE = """#!{python}
import sys
if "--version" in sys.argv:
    print({version!r})
else:
    sys.stderr.write({said!r})
    sys.exit({code})
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no ruff in this Python, and only what a test writes on PATH."""
    monkeypatch.setitem(sys.modules, "ruff", None)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def write_fake(
    folder: Path, said: str = "", code: int = 2, version: str = "ruff 1.2.3"
) -> None:
    path = folder / "bin" / "ruff"
    path.parent.mkdir()
    text = FAKE.format(python=sys.executable, said=said, code=code, version=version)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.skipif(os.name != "posix", reason="the ruff that fails is a script")
@pytest.mark.usefixtures("fake")
class TestErrors:
    def run(self, tmp_path: Path) -> tuple[int, str]:
        project = made(tmp_path / "p")
        run = project.run("build")
        assert not (project.root / "out").exists()
        return run.code, run.err

    def test_not_found(self, tmp_path: Path) -> None:
        code, err = self.run(tmp_path)
        assert code == 2
        assert err == (
            'twingen: tool.twingen.formatter = "ruff": there is no ruff beside this '
            "Python, and none on PATH; install it with `python -m pip install "
            '"twingen[ruff]"`\n'
        )

    def test_no_ruff(self, tmp_path: Path) -> None:
        write_fake(tmp_path, version="something else")
        code, err = self.run(tmp_path)
        assert code == 2
        assert "does not print its version, but something else" in err

    def test_found_on_path(self, tmp_path: Path) -> None:
        write_fake(tmp_path, code=0)
        project = made(tmp_path / "p", **{SOURCE: FILES[SOURCE]})
        assert project.run("build").code == 0
        assert ", ruff 1.2.3\n" in project.read(TWIN)

    def test_one_file_cannot_be_read(self, tmp_path: Path) -> None:
        said = f"error: Failed to parse {TWIN}:14:5: Expected a name\n"
        write_fake(tmp_path, said)
        project = made(tmp_path / "p", **{SOURCE: FILES[SOURCE]})
        run = project.run("build", "-v")
        assert run.code == 2
        lines = run.err.splitlines()
        assert lines[0].endswith(
            ": TW004 formatting: the twin cannot be formatted: Expected a name: 14:5: "
            + lines[1].strip()
        )
        # It is the line of the source that is named, where that has the same.
        number = int(lines[0].split(":")[1])
        assert FILES[SOURCE].splitlines()[number - 1].strip() == lines[1].strip()
        assert "help: check the target version of [tool.black] or [tool" in run.err
        assert "refused at 1 place" in run.err
        assert not (project.root / "out").exists()
        # The others are known.
        run = project.run("preview")
        assert "client.py" not in {
            path.name for path in (project.root / "twingen-preview").rglob("*.py")
        }

    def test_what_it_says_of_its_configuration(self, tmp_path: Path) -> None:
        write_fake(tmp_path, "ruff failed\n  Cause: unknown field `foo`\n")
        code, err = self.run(tmp_path)
        assert code == 2
        assert 'formatter = "ruff": ruff 1.2.3 fails: ruff failed Cause: unknown' in err
        assert "fix this, so that `ruff format` runs in the project" in err

    def test_more_than_files_that_cannot_be_read(self, tmp_path: Path) -> None:
        said = f"error: Failed to parse {TWIN}:1:1: x\nerror: Panicked\n"
        write_fake(tmp_path, said)
        code, err = self.run(tmp_path)
        assert code == 2
        assert "Panicked" in err

    def test_it_says_nothing(self, tmp_path: Path) -> None:
        write_fake(tmp_path)
        assert "fails: it ends with 2" in self.run(tmp_path)[1]


class TestRealErrors:
    def test_unknown_name(self, tmp_path: Path) -> None:
        project = made(tmp_path)
        project.replace("pyproject.toml", '"ruff"', '"rufff"')
        run = project.run("build")
        assert run.code == 2
        assert 'tool.twingen.formatter must be "black", "ruff" or "none"' in run.err
        assert "did you mean ruff?" in run.err

    def test_unknown_field(self, tmp_path: Path) -> None:
        project = made(tmp_path)
        project.write("ruff.toml", "foo = 1\n")
        run = project.run("build")
        assert run.code == 2
        assert "unknown field `foo`" in run.err
        assert str(tmp_path / "ruff.toml") in run.err  # not that of a copy

    def test_line_ends(self, tmp_path: Path) -> None:
        project = made(tmp_path)
        project.write("ruff.toml", "[format]\nline-ending = 'cr-lf'\n")
        run = project.run("build")
        assert run.code == 2
        assert 'set line-ending = "lf" below tool.ruff.format' in run.err
