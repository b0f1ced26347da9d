"""Takes pictures of the built site, and reports pages that are wider than the window.

`nox -s pictures` takes pictures of every page; `-- docs/tutorial codegen` selects pages
by the beginning of their paths. The pictures are in `build/pictures`, with a folder for
each width and color scheme. Exits with 1 if a page is wider than a window, or if an
image of it is cut off.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tools.website.mirror import ROOT

SITE = ROOT / "build" / "site"
TARGET = ROOT / "build" / "pictures"
WIDTHS = (1440, 1280, 390)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# A picture of a long page shows its beginning.
LONGEST = 6000
# A table or a block of code may scroll within the page; other elements may not be cut.
CUT = """() => {
  const scrolls = (each) => {
    for (let up = each.parentElement; up && up !== document.body; up = up.parentElement)
      if (/auto|scroll/.test(getComputedStyle(up).overflowX)) return true;
    return false;
  };
  const found = [];
  if (document.documentElement.scrollWidth > window.innerWidth)
    found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  for (const each of document.querySelectorAll("article *")) {
    const box = each.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const image = each.matches("img, object, svg.chart");
    if (box.right > window.innerWidth + 1 && (image || !scrolls(each)))
      found.push(`<${each.tagName.toLowerCase()}> ends at ${Math.round(box.right)} px`);
  }
  return [...new Set(found)].slice(0, 5);
}"""


class Quiet(SimpleHTTPRequestHandler):
    """Serve the site without a log."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing."""


@contextmanager
def served() -> Iterator[str]:
    """Serve the built site on this machine, and yield its address."""
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(SITE))
    ) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def chromium(playwright: Playwright) -> Browser:
    """Start the Chromium of the system, or else the one that playwright installed."""
    return playwright.chromium.launch(executable_path=shutil.which("chromium"))


def pages(beginnings: list[str]) -> list[str]:
    """Return the paths of the pages that begin with one of these prefixes."""
    found = sorted(
        path.parent.relative_to(SITE).as_posix() for path in SITE.rglob("index.html")
    )
    chosen = [
        path
        for path in found
        if not beginnings or path.startswith(tuple(beginnings)) or path in beginnings
    ]
    assert chosen, f"no page begins with {beginnings}: run `nox -s docs` first"
    return chosen


def started(browser: Browser, width: int, scheme: Literal["light", "dark"]) -> Page:
    """Return a window of this width with this color scheme."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    return context.new_page()


def take(page: Page, address: str, path: str, folder: Path) -> list[str]:
    """Take a picture of a page of the site; return what is cut off."""
    page.goto(f"{address}/{'' if path == '.' else path + '/'}", wait_until="load")
    cut: list[str] = page.evaluate(CUT)
    name = "home" if path == "." else path.replace("/", "-")
    height = page.evaluate("document.documentElement.scrollHeight")
    assert page.viewport_size is not None
    width = page.viewport_size["width"]
    page.screenshot(
        path=folder / f"{name}.png",
        clip={"x": 0, "y": 0, "width": width, "height": min(height, LONGEST)},
        full_page=True,
    )
    return cut


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", help="beginnings of paths; all if none")
    parser.add_argument(
        "--width", type=int, action="append", help="px; 3 widths if none"
    )
    parser.add_argument("--scheme", choices=SCHEMES, action="append")
    options = parser.parse_args()
    found = 0
    with served() as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        for width in options.width or WIDTHS:
            for scheme in options.scheme or SCHEMES:
                folder = TARGET / f"{width}-{scheme}"
                folder.mkdir(parents=True, exist_ok=True)
                page = started(browser, width, scheme)
                for path in pages(options.pages):
                    cut = take(page, address, path, folder)
                    found += len(cut)
                    for each in cut:
                        print(f"{width} px, {scheme}, {path}: {each}", flush=True)
        browser.close()
    print(f"pictures in {TARGET.relative_to(ROOT)}, {found} things cut off")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
