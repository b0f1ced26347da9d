"""Write the pages into `build/pages`, and build the site of them, strictly: `build/site`.

The address of the repository, for the links that edit a page, is `SITE_REPOSITORY`, or
that of GitHub's workflow.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date

from tools.website.mirror import PLACES, ROOT, shown, texts, with_links
from tools.website.programs import with_tabs
from tools.website.reference import pages

TARGET = ROOT / "build" / "pages"
VERSIONS = {
    "pgtwin": "async_src/pgtwin/__init__.py",
    "twingen": "codegen/src/twingen/__init__.py",
}


def finished(path: str, made: dict[str, str], dates: dict[str, str]) -> str:
    """Return a text of the repository as the site has it."""
    text = (ROOT / path).read_text(encoding="utf-8")
    if not path.endswith(".md"):
        return text
    text = with_links(path, with_tabs(path, text), made)
    if path not in dates:
        return text
    head = f"revision_date: {dates[path]}"
    if text.startswith("---\n"):
        return text.replace("---\n", f"---\n{head}\n", 1)
    return f"---\n{head}\n---\n\n{text}"


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
    """Return what mkdocs.yml takes from the environment."""
    versions = []
    for name, path in VERSIONS.items():
        text = (ROOT / path).read_text(encoding="utf-8")
        (version,) = re.findall(r'^__version__ = "(.+)"$', text, re.M)
        versions.append(f"{name} {version}")
    found = {"SITE_VERSIONS": f"{', '.join(versions)}, {date.today()}"}
    if repository := os.environ.get("GITHUB_REPOSITORY"):
        server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
        found["SITE_REPOSITORY"] = f"{server}/{repository}"
    return found


def main() -> int:
    found = texts()
    dates = changed()
    made = shown(found)
    made |= {
        PLACES.get(path, path): finished(path, made, dates)
        for path in found
        if path != "README.md"
    }
    made |= pages()
    shutil.rmtree(TARGET, ignore_errors=True)
    for path, text in made.items():
        file = TARGET / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    command = ("-m", "zensical", "build", "--config-file", "mkdocs.yml", "--strict")
    return subprocess.run(
        (sys.executable, *command), cwd=ROOT, env=facts() | os.environ, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
