"""What stops every command: nothing is written, and the sentence names the place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.sample_project import Project

SOURCE = "src/pkg/client.py"


def not_utf_8(project: Project) -> None:
    (project.root / SOURCE).write_bytes(b"x = 1\n\n\ny = '\xe9'\n")


def without_sources(project: Project) -> None:
    for path in (project.root / "src").rglob("*.py"):
        path.unlink()


def written(content: bytes) -> Callable[[Project], None]:
    def write(project: Project) -> None:
        (project.root / "pyproject.toml").write_bytes(content)

    return write


def pyproject(old: str, new: str) -> Callable[[Project], None]:
    return lambda project: project.replace("pyproject.toml", old, new)


SECOND_TREE = 'trees = [{ source = "src/pkg/sub", target = "other" },'
FAILURES: dict[str, tuple[Callable[[Project], None], str]] = {
    "source does not parse": (
        lambda p: p.append(SOURCE, "def f(:\n"),
        f"{SOURCE}:16:7: TW001 syntax: the source does not parse",
    ),
    "source is not UTF-8": (
        not_utf_8,
        f"{SOURCE}:1:1: TW003 encoding: the source is not UTF-8",
    ),
    "source declares another encoding": (
        lambda p: p.write(SOURCE, "# -*- coding: latin-1 -*-\nx = 1\n"),
        f"{SOURCE}:1:1: TW003 encoding: the source declares the encoding iso-8859-1",
    ),
    "construct refused": (
        lambda p: p.append(SOURCE, "\n\nasync def f(x):\n    await x\n"),
        f"{SOURCE}:19:5: TW102 awaited_value",
    ),
    "stub in a source folder": (
        lambda p: p.write("src/pkg/client.pyi", "async def f() -> None: ...\n"),
        "src/pkg/client.pyi:1:1: TW006 stub",
    ),
    "exclude is no list": (
        pyproject('module = "pkg"', 'module = "pkg", exclude = "*.py"'),
        "exclude must be a list of patterns",
    ),
    "texts is no switch": (
        pyproject('module = "pkg"', 'module = "pkg", texts = "all"'),
        "texts must be true or false",
    ),
    "texts without a name": (
        pyproject('module = "pkg"', 'module = "pkg", texts = true'),
        "nothing uses texts: pkg",
    ),
    "exclude that leaves nothing out": (
        pyproject('module = "pkg"', 'module = "pkg", exclude = ["sub/shallow.py"]'),
        "nothing uses exclude: sub/shallow.py",
    ),
    "import of an excluded module": (
        pyproject('module = "pkg"', 'module = "pkg", exclude = ["client.py"]'),
        "pkg_sync.client is for the async side only",
    ),
    "unknown key": (pyproject("runtime =", "run_time ="), "unknown key run_time"),
    "unknown key of a tree": (
        pyproject("module =", "modules ="),
        "unknown key modules",
    ),
    "unused rename": (
        pyproject('"Async*" = "*"', '"Async*" = "*"\n"Await*" = "*"'),
        "nothing uses renames: Await*",
    ),
    "rename of nothing": (
        pyproject('"Async*" = "*"', '"Async*" = "*"\n"A" = "B"'),
        "nothing uses renames: A",
    ),
    "rename with a star on one side": (
        pyproject('"Async*" = "*"', '"Async*" = "B"'),
        "one *",
    ),
    "rename into a module": (pyproject('"Async*" = "*"', '"Async*" = "x.*"'), "one *"),
    "renames that disagree": (
        pyproject('"Async*" = "*"', '"Async*" = "*"\n"*lient" = "*"'),
        '"*lient" both match AsyncClient, which would be Client or AsyncC; add a row',
    ),
    "prose with a star on one side": (
        lambda p: p.append("pyproject.toml", '[tool.twingen.prose]\n"a*" = "b"\n'),
        "must be words, or one word with one *",
    ),
    "prose that is nowhere": (
        lambda p: p.append("pyproject.toml", '[tool.twingen.prose]\n"zz" = "y"\n'),
        "nothing uses prose: zz",
    ),
    "side that is none": (
        lambda p: p.append("pyproject.toml", '[tool.twingen.side]\n"a.B" = "x"\n'),
        "a.B must be a dotted name",
    ),
    "side that nothing asks": (
        lambda p: p.append(
            "pyproject.toml", '[tool.twingen.side]\n"# X" = "async-only"\n'
        ),
        "nothing uses side: # X",
    ),
    "async_only that is no list": (
        lambda p: p.replace("pyproject.toml", "trees", 'async_only = "Pool"\ntrees'),
        "tool.twingen.async_only must be a list of dotted names",
    ),
    "async_only that would be everything": (
        lambda p: p.replace("pyproject.toml", "trees", 'async_only = ["*"]\ntrees'),
        "tool.twingen.async_only must be a list of dotted names",
    ),
    "async_only that is nowhere": (
        lambda p: p.replace("pyproject.toml", "trees", 'async_only = ["Zz.*"]\ntrees'),
        "nothing uses async_only: Zz.*;",
    ),
    "keeping what needs a loop": (
        lambda p: p.append(
            "pyproject.toml",
            "[tool.twingen.libraries.asyncio]\nsleep = { keep = true }\n",
        ),
        "asyncio.sleep cannot be kept: it needs an event loop",
    ),
    "rename to no name": (pyproject('"Async*" = "*"', '"Async*" = "*-x"'), "one *"),
    "rename by another pattern": (
        pyproject('"Async*" = "*"', '"Async[A-Z]*" = "*"'),
        "must be names with one *",
    ),
    "method that is no name": (
        lambda p: p.append("pyproject.toml", '[tool.twingen.methods]\n"C.a*" = "*-"\n'),
        "must be a class and a method",
    ),
    "row that is no name": (
        lambda p: p.append("pyproject.toml", '[tool.twingen.libraries.x]\ny = "z-"\n'),
        "x.y must be a dotted name",
    ),
    "method of a library that is no name": (
        lambda p: p.append(
            "pyproject.toml", '[tool.twingen.libraries.methods]\ny = "z z"\n'
        ),
        "methods.y must be a method's name",
    ),
    "pages by an absolute path": (
        pyproject("runtime =", 'pages = ["/docs/*.md"]\nruntime ='),
        '"/docs/*.md" must be a relative path',
    ),
    "pages by no path": (
        pyproject("runtime =", 'pages = [""]\nruntime ='),
        '"" must be a relative path',
    ),
    "pages by stars within a name": (
        pyproject("runtime =", 'pages = ["docs/**.md"]\nruntime ='),
        '"docs/**.md" must be a relative path',
    ),
    "unused row": (
        lambda p: p.append("pyproject.toml", '[tool.twingen.libraries.x]\ny = "z.y"\n'),
        "nothing uses libraries: x.y",
    ),
    "row that says nothing": (
        lambda p: p.append("pyproject.toml", "[tool.twingen.libraries.x]\ny = {}\n"),
        "x.y must have exactly one verdict",
    ),
    "misspelled key of a row": (
        lambda p: p.append(
            "pyproject.toml", "[tool.twingen.libraries.x]\ny = { unwarp = true }\n"
        ),
        "; did you mean unwrap?",
    ),
    "misspelled key beside another": (
        lambda p: p.append(
            "pyproject.toml",
            '[tool.twingen.libraries.x]\ny = { refuse = "z", insted = "w" }\n',
        ),
        "; did you mean instead?",
    ),
    "refusal without a remedy": (
        lambda p: p.append(
            "pyproject.toml", '[tool.twingen.libraries.x]\ny = {refuse = "no"}\n'
        ),
        "x.y refuses without saying what to write instead",
    ),
    "table that is not there": (
        pyproject("runtime =", 'tables = ["x.toml"]\nruntime ='),
        "x.toml cannot be read",
    ),
    "no trees": (
        lambda p: p.write("pyproject.toml", "[tool.twingen]\ntrees = []\n"),
        "tool.twingen.trees is empty",
    ),
    "no sources": (
        without_sources,
        "there is no Python source in",
    ),
    "source folder is not there": (
        pyproject('"src/pkg"', '"src/package"'),
        "source src/package is not a folder",
    ),
    "no configuration": (
        lambda p: p.write("pyproject.toml", "[project]\nname = 'x'\n"),
        "no pyproject.toml with [tool.twingen]",
    ),
    "configuration is not TOML": (
        lambda p: p.write("pyproject.toml", "[tool.twingen\n"),
        "is not valid TOML",
    ),
    "configuration with a byte order mark": (
        written(b"\xef\xbb\xbf[tool.twingen]\n"),
        "pyproject.toml begins with a byte order mark, which TOML does not allow; save",
    ),
    "configuration with a NUL": (
        written(b"[tool.twingen]\ntrees = []\0\n"),
        "pyproject.toml contains a NUL character in line 2, which TOML does not allow",
    ),
    "configuration in UTF-16": (
        written("[tool.twingen]\n".encode("utf-16")),
        "pyproject.toml is not UTF-8 (byte 0); save it as UTF-8",
    ),
    "include that matches nothing": (
        pyproject('twin = "pkg_sync"', 'twin = "pkg_sync", include = ["*.py", "*.js"]'),
        "nothing uses include: *.js",
    ),
    "file patterns that are no pair": (
        pyproject(
            'twin = "pkg_sync"', 'twin = "pkg_sync", files = { "*_async.py" = "x.py" }'
        ),
        "must have one * on both sides, or none",
    ),
    "file patterns that disagree": (
        pyproject(
            'twin = "pkg_sync"',
            'twin = "pkg_sync", files = { "c*.py" = "*.py", "*t.py" = "*.py" }',
        ),
        '"c*.py" and "*t.py" both match client.py',
    ),
    "file pattern out of the folder": (
        pyproject(
            'twin = "pkg_sync"', 'twin = "pkg_sync", files = { "c*.py" = "../*.py" }'
        ),
        "must be two paths below the folders",
    ),
    "twin in the place of a source": (
        pyproject(
            'target = "out/pkg_sync", module = "pkg", twin = "pkg_sync"',
            'target = "src/pkg", module = "pkg", twin = "pkg", '
            'files = { "client.py" = "errors.py", "errors.py" = "fault.py" }',
        ),
        "the twin of src/pkg/client.py would be src/pkg/errors.py, which is a source",
    ),
    "two sources with one twin": (
        pyproject(
            'twin = "pkg_sync"',
            'twin = "pkg_sync", files = { "client.py" = "x.py", "errors.py" = "x.py" }',
        ),
        "src/pkg/client.py and src/pkg/errors.py would have the same twin",
    ),
    "twin by hand that is not there": (
        pyproject('twin = "pkg_sync"', 'twin = "pkg_sync", handwritten = ["e*.py"]'),
        "handwritten: out/pkg_sync/errors.py was written by twingen; delete it",
    ),
    "target is the source, spelled otherwise": (
        pyproject('"out/pkg_sync"', '"out/../src/pkg"'),
        "overlap",
    ),
    "two trees overlap": (pyproject("trees = [", SECOND_TREE), "overlap"),
    "wrong types": (pyproject('"pkg_sync.runtime"', "3"), "must be a dotted module"),
    "runtime outside of the twins": (
        pyproject('"pkg_sync.runtime"', '"elsewhere.runtime"'),
        'runtime = "elsewhere.runtime" must be below one of the twins pkg_sync',
    ),
    "runtime is needed and not configured": (
        pyproject('runtime = "pkg_sync.runtime"', ""),
        'set runtime = "pkg_sync._runtime" here',
    ),
    "runtime where a twin is": (
        lambda p: p.write("src/pkg/runtime/deadline.py", "x = 1\n"),
        "the twin of src/pkg/runtime/deadline.py is there",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failure_is_said_without_traceback_and_changes_nothing(
    name: str, project: Project
) -> None:
    change, said = FAILURES[name]
    change(project)
    before = project.snapshot()
    for arguments in (["check"], ["build", "--force"]):
        run = project.run(*arguments)
        assert run.code == 2
        assert said in run.err
        assert "Traceback" not in run.err
    assert project.snapshot() == before


def test_import_of_what_has_no_twin(project: Project) -> None:
    project.write("src/pkg/loop.py", "# twingen: async-only\nimport asyncio\nx = 1\n")
    project.append(SOURCE, "\n\ndef loop():\n    from .loop import x\n\n    return x\n")
    run = project.run("build")
    assert run.code == 2
    assert f"{SOURCE}:" in run.err
    assert "pkg_sync.loop is for the async side only" in run.err


def test_what_no_pattern_can_rename(project: Project) -> None:
    """`Async*` leaves nothing of `Async`, and no name of `Async2`."""
    project.replace(
        "pyproject.toml", '"Async*" = "*"', '"Async*" = "*"\n"async_*" = "*"'
    )
    project.append("pyproject.toml", '\n[tool.twingen.methods]\n"Async2.a*" = "*"\n')
    project.write(
        "src/pkg/names.py",
        "class Async: ...\n\n\nclass Async2(Async):\n"
        "    async def awith(self) -> None:\n        await async_import()\n\n"
        "    async def aget(self) -> None:\n        await async_load()\n\n\n"
        "async def async_import() -> None: ...\nasync def async_load() -> None: ...\n",
    )
    run = project.run("build")
    assert run.code == 0, run.err
    twin = project.read("out/pkg_sync/names.py")
    for line in ("class Async: ...", "class Async2(Async):", "def awith(self)"):
        assert line in twin
    for line in ("import()", "def get(self)", "        load()", "def async_import()"):
        assert line in twin
