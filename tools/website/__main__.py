"""Writes the pages to `build/pages`, and builds the site in `build/site`, strictly.

`SITE_REPOSITORY`, or GitHub's workflow, has the address of the repository for the links
that edit a page. Without an address there are no such links.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date

from tools.website.external_types import types_without_link, write_inventory
from tools.website.mirror import PLACES, ROOT, shown, texts, with_links
from tools.website.programs import with_tabs
from tools.website.reference import pages

TARGET = ROOT / "build" / "pages"
VERSIONS = {
    "pgtwin": "async_src/pgtwin/__init__.py",
    "twingen": "codegen/src/twingen/version.py",
}


BLOCK = re.compile(r"^(`{3,})([^`\n]*)\n(.*?)^\1$", re.M | re.S)


def with_drawings(text: str) -> str:
    """Return a page with a language for each block, so that their lines stay."""

    def mark(block: re.Match[str]) -> str:
        fence, language, code = block.groups()
        return block[0] if language else f"{fence} {{ .text .drawing }}\n{code}{fence}"

    return BLOCK.sub(mark, text)


def finished(path: str, made: dict[str, str], dates: dict[str, str]) -> str:
    """Return a text of the repository in the form for the site."""
    text = (ROOT / path).read_text(encoding="utf-8")
    if not path.endswith(".md"):
        return text
    text = with_drawings(with_links(path, with_tabs(path, text), made))
    if "/refusals/TW" in path or path == "codegen/docs/adopted.md":
        # Examples and names of libraries contain words that are searched for with
        # another meaning.
        text = re.sub("^(##+ .+)$", r"\1 { data-search-exclude }", text, flags=re.M)
    return with_facts(path, text, dates)


def with_facts(path: str, text: str, dates: dict[str, str]) -> str:
    """Return a page with its product, which narrows a search, and its date."""
    facts = [f"tags: [{product}]" for product in [product_of(path)] if product]
    if path in dates:
        facts.append(f"revision_date: {dates[path]}")
    if not facts:
        return text
    head = "\n".join(facts)
    if text.startswith("---\n"):
        return text.replace("---\n", f"---\n{head}\n", 1)
    return f"---\n{head}\n---\n\n{text}"


def product_of(path: str) -> str | None:
    """Return the product that a page is about, if it is about one."""
    if path.startswith("codegen/"):
        return "twingen"
    return "pgtwin" if path.startswith(("docs/", "native/")) else None


def changed() -> dict[str, str]:
    """Return the date of the last commit of each file; none outside of a repository."""
    command = ("git", "log", "--format=:%cs", "--name-only", "--", "*.md")
    try:
        log = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return {}
    dates: dict[str, str] = {}
    day = ""
    for line in log.stdout.decode().splitlines():
        if line.startswith(":"):
            day = line[1:]
        elif line:
            dates.setdefault(line, day)
    return dates


def facts() -> dict[str, str]:
    """Return the values that mkdocs.yml reads from the environment."""
    versions = []
    for name, path in VERSIONS.items():
        text = (ROOT / path).read_text(encoding="utf-8")
        (version,) = re.findall(r'^__version__ = "(.+)"$', text, re.M)
        versions.append(f"{name} {version}")
    found = {
        "SITE_VERSIONS": f"{', '.join(versions)}, {date.today()}",
        "SITE_TYPES": write_inventory(),
    }
    address = os.environ.get("SITE_REPOSITORY", "")
    if not address and (repository := os.environ.get("GITHUB_REPOSITORY")):
        server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
        address = f"{server}/{repository}"
    if address:
        found |= {"SITE_REPOSITORY": address, "SITE_EDIT": "edit/main/"}
    return found


def find_refusals_by_code() -> None:
    """Leave only the code of a refusal in the search index.

    Their names and texts contain words that are searched for with another meaning.
    """
    path = ROOT / "build" / "site" / "search.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    for item in index["items"]:
        if re.search(r"/refusals/TW\d+/$", item["location"]):
            item |= {"title": item["title"].split()[0], "text": ""}
    path.write_text(json.dumps(index), encoding="utf-8")


def main() -> int:
    found = texts()
    dates = changed()
    made = shown(found)
    made |= {
        PLACES.get(path, path): finished(path, made, dates)
        for path in found
        if path != "README.md"
    }
    made |= {path: with_facts(path, text, dates) for path, text in pages().items()}
    shutil.rmtree(TARGET, ignore_errors=True)
    for path, text in made.items():
        file = TARGET / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    command = ("-m", "zensical", "build", "--config-file", "mkdocs.yml", "--strict")
    code = subprocess.run(
        (sys.executable, *command), cwd=ROOT, env=os.environ | facts(), check=False
    ).returncode
    if code == 0:
        find_refusals_by_code()
    if code == 0 and (missing := types_without_link()):
        print(f"types without a link: {missing}: see tools/website/external_types.py")
        code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
