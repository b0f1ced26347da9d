"""Copies the repository's layout to the site, so that links work in both.

A page of the site is a text of the repository at the same path, except for the first
page. If a page links to another file, such as a program, a page that shows this file is
added.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
TEXTS = (
    *("*.md", "codegen/*.md", "native/*.md"),
    *("docs/**/*.md", "codegen/docs/**/*.md", "examples/**/*.md"),
    *("docs/**/*.svg", "docs/**/*.css", "docs/**/*.json"),
)
LINK = re.compile(r"(\]\(|src=\")([^)\s#\"]+)((?:#[^)\s\"]*)?[)\"])")
LANGUAGES = {".py": "python", ".toml": "toml", ".json": "json", ".yml": "yaml"}
SHOWN = ".shown.md"
# README.md is what the repository begins with, and the site has a page in its place.
PLACES = {"docs/index.md": "index.md", "README.md": "index.md"}
# Nobody who searches for a word looks for one of these.
UNSEARCHED = "search:\n  exclude: true"


def texts() -> list[str]:
    """Return the paths of all pages and pictures, below the root of the repository."""
    found = {
        path.relative_to(ROOT).as_posix()
        for pattern in TEXTS
        for path in ROOT.glob(pattern)
    }
    assert found, f"{ROOT} has no texts: were they moved? Change this list too"
    return sorted(found)


def linked(page: str, text: str) -> Iterator[str]:
    """Yield the paths that a page links to, below the root of the repository."""
    folder = PurePosixPath(page).parent
    for _, target, _ in LINK.findall(text):
        if not re.match(r"[a-z]+:|/", target):
            yield os.path.normpath(folder / target)


def shown(pages: list[str]) -> dict[str, str]:
    """Return the names and texts of pages that show programs and folders linked to."""
    waiting = [
        path
        for page in pages
        if page.endswith(".md")
        for path in linked(page, (ROOT / page).read_text(encoding="utf-8"))
        if path not in pages and (ROOT / path).exists()
    ]
    made: dict[str, str] = {}
    while waiting:
        path = waiting.pop()
        name = path + SHOWN
        if name in made:
            continue
        if PurePosixPath(path).name == "changes":
            text = f"# {path}\n\n{not_released(ROOT / path)}"
        elif (ROOT / path).is_dir():
            inside = sorted(each.name for each in (ROOT / path).iterdir())
            listed = [each for each in inside if not each.startswith(("_", "."))]
            waiting += [f"{path}/{each}" for each in listed]
            base = PurePosixPath(path).name
            rows = [f"- [{each}]({base}/{each}{SHOWN})" for each in listed]
            text = f"# {path}\n\n" + "\n".join(rows) + "\n"
        else:
            text = f"# {path}\n\n{fenced(path)}\n"
        made[name] = f"---\n{UNSEARCHED}\n---\n\n{text}"
    return made


def not_released(folder: Path) -> str:
    """Return the descriptions of changes in a folder, by their kinds."""
    kinds: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.*.md")):
        kind = path.name.split(".")[-2]
        text = path.read_text(encoding="utf-8").strip()
        kinds.setdefault(kind, []).append("- " + text.replace("\n", "\n  "))
    return "\n\n".join(
        f"## {kind.capitalize()}\n\n" + "\n".join(texts)
        for kind, texts in sorted(kinds.items())
    )


def fenced(path: str, **options: str) -> str:
    """Return a file of the repository as a block of code."""
    language = LANGUAGES.get(PurePosixPath(path).suffix, "text")
    text = (ROOT / path).read_text(encoding="utf-8").strip("\n")
    fence = "````" if "```" in text else "```"
    more = "".join(f' {key}="{value}"' for key, value in options.items())
    return f"{fence}{language}{more}\n{text}\n{fence}"


def with_links(page: str, text: str, made: dict[str, str]) -> str:
    """Return a page whose links lead to the corresponding pages of the site."""
    folder = PurePosixPath(PLACES.get(page, page)).parent

    def lead(link: re.Match[str]) -> str:
        start, target, end = link.groups()
        path = os.path.normpath(PurePosixPath(page).parent / target)
        place = path + SHOWN if path + SHOWN in made else PLACES.get(path, path)
        if re.match(r"[a-z]+:|/", target) or (place == path and page not in PLACES):
            return link[0]
        return f"{start}{os.path.relpath(place, folder)}{end}"

    return LINK.sub(lead, text)
