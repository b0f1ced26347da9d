"""Write the pages of the site into `build/pages`, from where zensical builds it."""

from __future__ import annotations

import shutil

from tools.website.mirror import ROOT, shown, texts, with_links
from tools.website.programs import with_tabs
from tools.website.reference import pages

TARGET = ROOT / "build" / "pages"


def finished(path: str, made: dict[str, str]) -> str:
    """Return a text of the repository as the site has it."""
    text = (ROOT / path).read_text(encoding="utf-8")
    if not path.endswith(".md"):
        return text
    return with_links(path, with_tabs(path, text), made)


def main() -> None:
    found = texts()
    made = shown(found)
    made |= {path: finished(path, made) for path in found}
    made |= pages()
    shutil.rmtree(TARGET, ignore_errors=True)
    for path, text in made.items():
        file = TARGET / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
