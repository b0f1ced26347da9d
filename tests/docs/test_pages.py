"""What the pages show is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.printing import printed, shown
from tests.docs.walkthrough import follow
from website.mirror import ROOT, linked, texts
from website.programs import Program

WALKTHROUGHS = ["codegen/docs/adopting.md", "codegen/docs/tutorial.md"]
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
    lost = [path for path in linked(page, text) if not (ROOT / path).exists()]
    assert not lost, f"{page} links to {lost}, which is not there"


def test_menu() -> None:
    made = re.compile(r"(docs|codegen/docs)/reference/")
    menu = re.findall(
        r"^ +- (?:.*: )?(\S+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.M
    )
    gone = [each for each in menu if each not in PAGES and not made.match(each)]
    assert not gone, f"mkdocs.yml lists {gone}, which are not there"
    codes = re.compile(r"codegen/docs/refusals/TW\d+\.md")
    new = [each for each in PAGES if each not in menu and not codes.match(each)]
    assert not new, f"{new} cannot be found on the site: add them to mkdocs.yml"
