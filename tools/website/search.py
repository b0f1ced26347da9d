"""Searches the built site as a reader does, and checks the first results.

`nox -s pictures` runs this too. Exits with 1 if the first result for a word belongs to
the wrong product.
"""

from __future__ import annotations

import sys

from playwright.sync_api import Page, sync_playwright

from tools.website.pictures import SITE, chromium, served

# Words, and how the address of the page begins that is meant.
MEANT = {
    "install": "docs/installation/",
    "pool": "docs/how-to/pools/",
    "timeout": "docs/",
    "copy": "docs/",
    "notifications": "docs/",
    "error messages": "docs/errors/",
    "refusal": "codegen/",
    "TW109": "codegen/docs/refusals/TW109/",
    "unknown_library_call": "codegen/docs/",
    "fetch_arrow": "docs/",
}
# The results are in a shadow tree.
FOUND = """() => {
  const found = [];
  const walk = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (each.shadowRoot) walk(each.shadowRoot);
      if (root !== document && each.matches("li a, ol a"))
        found.push(new URL(each.href).pathname.slice(1));
    }
  };
  walk(document);
  return found;
}"""


def results(page: Page, words: str) -> list[str]:
    """Return the addresses of the results, relative to the site, the best first."""
    page.keyboard.press("Control+a")
    page.keyboard.type(words)
    page.wait_for_timeout(1500)
    found: list[str] = page.evaluate(FOUND)
    return found


def main() -> int:
    assert SITE.exists(), "run `nox -s docs` first"
    wrong = 0
    with served() as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page()
        page.goto(address)
        page.get_by_role("button", name="Search").first.click()
        page.wait_for_timeout(2000)
        for words, meant in MEANT.items():
            first = [*results(page, words), "nothing"][0]
            right = first.startswith(meant)
            wrong += not right
            print(f"{words}: {first}{'' if right else f', and not {meant}'}")
        browser.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
