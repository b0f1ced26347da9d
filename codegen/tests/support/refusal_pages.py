"""Writes `docs/refusals/`: a page for each code, from manuals, examples and real runs.

`python -m support.refusal_pages` writes them, in the folder `codegen/tests`;
`test_pages` says when that is due.
"""

from __future__ import annotations

import inspect
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from support.case_files import CASES, Case
from support.sample_project import Project, new_project
from twingen.conversion.convert import Settings, convert
from twingen.diagnostics.codes import CODES, Code
from twingen.diagnostics.diagnostic import ConversionError
from twingen.reports.explain import summary
from twingen.rules import RULES
from twingen.rules.rule import Rule

FOLDER = Path(__file__).parents[2] / "docs" / "refusals"
TWIN = "out/pkg_sync/client.py"
SOURCE = "src/pkg/client.py"
DEEP = "x = " + "-" * 999 + "1\n"
OLD = '[tool.black]\ntarget-version = ["py38"]\n'
EXAMPLE = '"""A client.\n\n>>> import asyncio\n<module>\n"""'
TABS = '{ source = "docs-written", target = "docs", tabs = true }'
COUNTING = """import asyncio


class Crawler:
    def __init__(self) -> None:
        self.pages = 0

    async def fetch(self, url: str) -> None:
        await asyncio.sleep(1)
        self.pages += 1

    async def crawl(self, urls: list[str]) -> None:
        await asyncio.gather(*[self.fetch(url) for url in urls])
"""
MATCH = "match x:\n    case 1:\n        pass\n"


def literal_in_tabs(project: Project) -> None:
    project.replace("pyproject.toml", "trees = [", f"trees = [\n    {TABS},")
    project.write("docs-written/guide.rst", "::\n\n    await f()\n")


def strict_example(project: Project) -> None:
    project.replace("pyproject.toml", "trees = [", "strict_examples = true\ntrees = [")
    project.replace(SOURCE, '"""A client."""', EXAMPLE)


def mark_without_example(project: Project) -> None:
    project.replace("pyproject.toml", "trees = [", 'pages = ["README.md"]\ntrees = [')
    project.write("README.md", "# Guide\n\n<!-- twingen: twin -->\n")


def match_in_old_python(project: Project) -> None:
    project.append("pyproject.toml", OLD)
    project.write(SOURCE, MATCH)


# Codes that no rule has: what is done to a project in step, and how to say it.
SITUATIONS: dict[str, tuple[str, Callable[[Project], None]]] = {
    "TW003": (
        "a source declares another encoding",
        lambda p: p.write(SOURCE, "# -*- coding: latin-1 -*-\nx = 1\n"),
    ),
    "TW004": (
        "`[tool.black]` names Python 3.8, and a source has a `match` statement",
        match_in_old_python,
    ),
    "TW005": (
        "a source holds a thousand minus signs before a number",
        lambda p: p.write("src/pkg/deep.py", DEEP),
    ),
    "TW006": (
        "a stub stands beside a source",
        lambda p: p.write("src/pkg/client.pyi", "async def f() -> None: ...\n"),
    ),
    "TW007": (
        "`[tool.twingen]` holds a key that nobody knows",
        lambda p: p.replace("pyproject.toml", "runtime =", "run_time ="),
    ),
    "TW011": ("a twin was deleted", lambda p: p.remove(TWIN)),
    "TW012": (
        "a source was edited",
        lambda p: p.replace(SOURCE, "delay), 1", "delay), 2"),
    ),
    "TW013": (
        "a twin was edited",
        lambda p: p.replace(TWIN, "sleep(delay, 1)", "sleep(delay, 2)"),
    ),
    "TW014": ("a source was deleted", lambda p: p.remove("src/pkg/sub/deep.py")),
    "TW015": (
        "another program wrote into a target folder",
        lambda p: p.write("out/pkg_sync/notes.txt", "mine"),
    ),
    "TW016": (
        "a docstring shows what a line printed that the twin has not",
        strict_example,
    ),
    "TW017": (
        "several tasks run a function that counts",
        lambda p: p.write("src/pkg/crawler.py", COUNTING),
    ),
}
# What `twingen build` says of sources that have twins.
WARNINGS = {"TW017"}


# More of them, for other messages of a code.
MORE: dict[str, list[tuple[str, Callable[[Project], None]]]] = {
    "TW016": [
        ("a page in tabs has a literal block", literal_in_tabs),
        ("a mark stands where no example is", mark_without_example),
    ]
}


def said(project: Project, code: str, change: Callable[[Project], None]) -> str:
    """Return what `twingen check` says of a project after something happened to it."""
    change(project)
    command = _command(code)
    run = project.run(command)
    assert code in project.run(command, "--output-format", "github").out, code
    return run.err.replace(f"{project.root.resolve()}/", "")


def _command(code: str) -> str:
    return "build" if code in WARNINGS else "check"


def conflict() -> str:
    """Return what is said of two rules of plug-ins that claim one place."""
    rule = next(rule for rule in RULES if rule.name == "async_function")
    both = tuple(replace(rule, plugin=name) for name in ("one", "other"))
    try:
        convert("async def f(): ...\n", settings=Settings(rules=both), path="client.py")
    except ConversionError as error:
        return f"{error}\n"
    raise AssertionError("one of the two rules must not win")


def pages() -> dict[str, str]:
    """Return the name and the text of every page, and of their list."""
    found: list[Rule | Code] = [*RULES, *CODES]
    entries = sorted(found, key=lambda entry: entry.code)
    texts = {f"{entry.code}.md": "".join(_page(entry)) for entry in entries}
    rows = [
        f"| [{entry.code}]({entry.code}.md) | `{entry.name}` | {summary(entry)} |"
        for entry in entries
    ]
    head = [
        "# Codes",
        "",
        "What twingen refuses or reports, each with its manual and examples.",
        "`twingen explain TW102` prints the same page. Written by `nox -s docs`.",
        "",
        "| code | name | |",
        "|---|---|---|",
    ]
    texts["README.md"] = "\n".join([*head, *rows]) + "\n"
    return texts


def _page(entry: Rule | Code) -> Iterator[str]:
    yield f"# {entry.code} {entry.name}\n\n{inspect.cleandoc(entry.manual)}\n"
    own = [case for case in CASES if case.path.parent.name == entry.name]
    if entry.code in SITUATIONS:
        for what, change in [SITUATIONS[entry.code], *MORE.get(entry.code, [])]:
            with tempfile.TemporaryDirectory() as folder:
                project = new_project(Path(folder) / "project")
                project.run("build")
                text = said(project, entry.code, change)
            command = _command(entry.code)
            yield f"\n## Example\n\nWhen {what}, `twingen {command}` says:\n"
            yield _fenced("text", text)
    elif entry.code == "TW008":
        yield f"\n## Example\n{_fenced('text', conflict())}"
    for case in own:
        if case.kind == "refused":
            yield f"\n## Refused: {_title(case)}\n{_fenced('python', case.source)}"
            yield _fenced("text", _plain(case.expected))
    converted = min(
        (case for case in own if case.kind == "twin"),
        key=lambda case: len(case.source),
        default=None,
    )
    if converted is not None:
        yield f"\n## Converted: {_title(converted)}\n"
        yield _fenced("python", converted.source)
        yield f"\nThe twin:\n{_fenced('python', converted.expected)}"


def _title(case: Case) -> str:
    return case.path.stem.replace("_", " ")


def _plain(expected: str) -> str:
    return re.sub(r"^# ?", "", expected, flags=re.MULTILINE)


def _fenced(language: str, text: str) -> str:
    fence = "````" if "```" in text else "```"
    return f"\n{fence}{language}\n{text.rstrip()}\n{fence}\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
