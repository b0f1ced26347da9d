"""What the pages show is what happens."""

from __future__ import annotations

import ast
import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import psycopg
import pytest

from tests.docs.printing import printed, shown
from tests.docs.walkthrough import follow
from tools.website.mirror import PLACES, ROOT, linked, texts
from tools.website.programs import BESIDE, Program

WALKTHROUGHS = ["codegen/docs/adopting.md", "codegen/docs/tutorial.md"]
# Python that is neither a program of its own nor shown in both forms, and why.
TRIED_ELSEWHERE = {
    "codegen/docs/guide/commands.md": "codegen/tests/test_readme.py tries it",
    "codegen/docs/guide/markers.md": "codegen/tests/test_readme.py tries it",
    "codegen/docs/guide/tasks.md": "codegen/tests/test_readme.py tries it",
    "codegen/docs/ci.md": "codegen/tests/test_ci.py runs it",
    "codegen/docs/plugins.md": "codegen/tests/test_plugins.py installs and uses it",
    "docs/how-to/libraries.md": "tests/consumers runs the libraries themselves",
    "docs/how-to/from-psycopg.md": "one line, the first of the programs for psycopg",
}
PYTHON = re.compile(r"^ *```(?:python|py)\b[^\n]*\n(.*?)^ *```", re.M | re.S)
# The site has pages that are made of code: a strict build checks the links to them.
MADE = re.compile(r"(docs|codegen/docs)/reference/")
PAGES = [path for path in texts() if path.endswith(".md")]


@pytest.mark.parametrize(
    ("page", "program"),
    [
        pytest.param(*each, id=f"{each[0]}-{Path(each[1].written).stem}")
        for each in shown()
    ],
)
def test_both_forms_print_what_is_shown(page: str, program: Program, dsn: str) -> None:
    async_prints = printed(program.written, dsn)
    assert async_prints == printed(program.generated, dsn)
    if program.printed is not None:
        assert (
            async_prints == program.printed
        ), f"{page} shows something else: run `python -m tests.docs.printing`"


@contextmanager
def ringing(dsn: str, channel: str) -> Iterator[None]:
    """Notify a channel again and again, for who begins to listen at some time."""
    over = threading.Event()

    def ring() -> None:
        with psycopg.connect(dsn, autocommit=True) as conn:
            while not over.wait(0.02):
                conn.execute("SELECT pg_notify(%s, 'rung')", (channel,))

    thread = threading.Thread(target=ring)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "1 1\n2 4\n3 9\n"), (1, "RUNG\n")]
)
def test_forms_beside_each_other(number: int, expected: str, dsn: str) -> None:
    forms = BESIDE.findall((ROOT / "README.md").read_text(encoding="utf-8"))[number]
    for form in forms:
        (code,) = PYTHON.findall(form)
        assert '"dbname=test"' in code
        output = io.StringIO()
        with ringing(dsn, "mychan"), redirect_stdout(output):
            exec(code.replace('"dbname=test"', repr(dsn)), {})
        assert output.getvalue() == expected


def test_no_python_is_only_prose() -> None:
    told = {*WALKTHROUGHS, *TRIED_ELSEWHERE}
    shown = {}
    for page in PAGES:
        text = BESIDE.sub("", (ROOT / page).read_text(encoding="utf-8"))
        # The pages of codes are made of the cases of the rules.
        if "/refusals/" not in page and (blocks := PYTHON.findall(text)):
            shown[page] = blocks
    assert set(shown) == told, (
        "write an example once, in docs/examples, and link to it in a paragraph of its "
        "own; or have a test try it, and name that in TRIED_ELSEWHERE"
    )
    for page in TRIED_ELSEWHERE:
        for block in shown[page]:
            ast.parse(block, page)


def test_every_example_is_on_a_page() -> None:
    written = {
        path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/examples/*.py")
    }
    assert written
    assert not written - {program.written for _, program in shown()}


@pytest.mark.parametrize("page", WALKTHROUGHS)
def test_walkthrough(page: str, tmp_path: Path) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert follow(text, tmp_path) == text, (
        f"the answers in {page} are others now: run "
        f"`python tests/docs/walkthrough.py {page}`"
    )


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = re.sub(
        r"^(`{3,}).*?^\1",
        "",
        (ROOT / page).read_text(encoding="utf-8"),
        flags=re.M | re.S,
    )
    lost = [
        path
        for path in linked(page, text)
        if not (ROOT / path).exists() and not MADE.match(path)
    ]
    assert not lost, f"{page} links to {lost}, which is not there"


def test_menu_of_the_site_lists_every_page() -> None:
    menu = re.findall(
        r"^ +- (?:.*: )?(\S+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.M
    )
    places = {PLACES.get(each, each) for each in PAGES}
    gone = [each for each in menu if each not in places and not MADE.match(each)]
    assert not gone, f"mkdocs.yml lists {gone}, which are not there"
    codes = re.compile(r"codegen/docs/refusals/TW\d+\.md")
    new = [each for each in places if each not in menu and not codes.match(each)]
    assert not new, f"{new} cannot be found on the site: add them to mkdocs.yml"
