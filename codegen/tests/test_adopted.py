"""The libraries that are converted by configuration alone: what says so is well formed.

Converting them and running their tests needs the network: `nox -s adopted`.
"""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from twingen.project.config import load

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

pytest_plugins = ["pytester"]

CODEGEN = Path(__file__).parents[1]
MANUAL = (CODEGEN / "docs" / "adopted.md").read_text(encoding="utf-8")
FILES = sorted((CODEGEN / "adopted").glob("*.toml"))


def test_several_libraries_are_adopted() -> None:
    assert len(FILES) >= 3


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
class TestEveryLibrary:
    def test_is_pinned(self, file: Path) -> None:
        library = tomllib.loads(file.read_text(encoding="utf-8"))["library"]
        assert library["name"] == file.stem
        assert re.fullmatch(r"[0-9a-f]{64}", library["sha256"])
        pinned = re.compile(r"[\w.-]+(\[\w+\])?==[\w.]+")
        assert all(map(pinned.fullmatch, library.get("requires", [])))
        script = library.get("script", {})
        assert all(map(pinned.fullmatch, script.get("requires", [])))
        if "repository" in library:
            assert re.fullmatch(r"[0-9a-f]{40}", library["repository"]["commit"])

    def test_configuration_can_be_read(self, file: Path, tmp_path: Path) -> None:
        text = file.read_text(encoding="utf-8")
        trees = tomllib.loads(text)["tool"]["twingen"]["trees"]
        for tree in trees:
            (tmp_path / tree["source"]).mkdir(parents=True)
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        assert len(load(tmp_path).trees) == len(trees)

    def test_manual_tells_of_it(self, file: Path, program: Any) -> None:
        text = file.read_text(encoding="utf-8")
        library = program("library").load(file)
        if f"## {file.stem} {library.version}" in MANUAL:
            assert text[text.index("[tool.twingen]") :] in MANUAL
            return
        link = f"[{file.stem}](../adopted/{file.name}) {library.version}"
        figures = library.lines, len(library.marks), library.passing, library.passing
        assert f"| {link} | {' | '.join(map(str, figures))} |" in MANUAL
        words = " ".join(MANUAL.split())
        for reason in [*library.left_out.values(), *(m.why for m in library.marks)]:
            assert reason in words


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give a function that imports one of the programs."""
    monkeypatch.syspath_prepend(str(CODEGEN / "adopted"))
    own = [file.stem for file in (CODEGEN / "adopted").glob("*.py")]
    for name in own:  # other tests have modules of these names
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield import_module
    for name in own:
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("left_out", "kept"),
    [
        ("test_a.py", {"tests.test_ab::test_one"}),
        ("test_a.py::test_one", {"test_two", "test_one_more", "class", "ab"}),
        ("test_a.py::test_two[1]", {"test_one", "test_one_more", "class", "ab"}),
        (
            "test_a.py::TestIt::test_one",
            {"test_one", "test_one_more", "test_two", "ab"},
        ),
    ],
)
def test_what_is_left_out(program: Any, left_out: str, kept: set[str]) -> None:
    names = {
        "test_one": "tests.test_a::test_one",
        "test_one_more": "tests.test_a::test_one_more",
        "test_two": "tests.test_a::test_two[1]",
        "class": "tests.test_a.TestIt::test_one",
        "ab": "tests.test_ab::test_one",
    }
    outcomes = dict.fromkeys(names.values(), "passed")
    found = program("outcomes").without(outcomes, ("tests",), left_out)
    assert set(found) == {names.get(each, each) for each in kept}


def test_a_test_is_left_out_by_its_name(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_a="""
        import pytest

        def test_send(): ...
        def test_send_twice(): ...
        @pytest.mark.parametrize("x", [1, 2])
        def test_cases(x): ...
        class TestIt:
            def test_send(self): ...
        """)
    pytester.syspathinsert(CODEGEN / "adopted" / "plugin")
    names = ["test_a.py::test_send", "test_a.py::test_cases[1]", "test_a.py::TestIt"]
    options = [f"--leave-out={name}" for name in names]
    result = pytester.runpytest("-v", "-p", "leaving_out", *options)
    result.stdout.fnmatch_lines(
        ["*test_send_twice PASSED*", "*test_cases[[]2] PASSED*"]
    )
    result.assert_outcomes(passed=2, deselected=3)


def test_a_line_is_marked_once(program: Any, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("def f():\n    import a\n\nimport b\nimport b\n")
    marks = program("marks")
    given = program("library").Mark("x.py", "import a", "async-only", "a loop")
    marks.mark(tmp_path, [given])
    text = (tmp_path / "x.py").read_text()
    assert text.splitlines()[1] == "    import a  # twingen: async-only"
    for line in ("import a", "import b"):
        with pytest.raises(RuntimeError, match=r"has [02] lines"):
            marks.mark(tmp_path, [program("library").Mark("x.py", line, "", "")])


def test_a_daemon_ends_with_the_tests(program: Any) -> None:
    daemons, daemon = program("daemons"), program("library").Daemon
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        taken = daemons.running(daemon((sys.executable,), port))
        with pytest.raises(RuntimeError, match="something else answers"):
            taken.__enter__()
    module = ("-m", "http.server", "--bind", "127.0.0.1", str(port))
    with daemons.running(daemon((sys.executable, *module), port)):
        socket.create_connection(("127.0.0.1", port), 60).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 60)
