"""The manuals of rules and codes, as `twingen explain` prints them.

twingen's own codes have pages with examples, which are made from its tests.
"""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Sequence
from pathlib import Path

from ..diagnostics.codes import CODES, Code
from ..diagnostics.diagnostic import ConfigurationError
from ..rules import RULES
from ..rules.rule import Rule

_SECTION = re.compile(r"^(?=## )", re.MULTILINE)
_MESSAGE = re.compile(r"^(?:\S+:)?\d+:\d+: [A-Z]+\d+ \w+: (.*)$", re.MULTILINE)
# How much of their words two messages share that say the same of other names.
_ALIKE = 0.5
# In a wheel, and in a checkout.
_PAGES = (
    Path(__file__).parents[1] / "refusals",
    Path(__file__).parents[3] / "docs" / "refusals",
)


def find(word: str, rules: Sequence[Rule] = RULES) -> Rule | Code:
    """Return what a code or a name stands for, however it is capitalized.

    Raises :class:`ConfigurationError` that names what comes closest.
    """
    known: dict[str, Rule | Code] = {}
    for entry in _entries(rules):
        known[entry.code.lower()] = entry
        known[entry.name.lower()] = entry
    if word.lower() in known:
        return known[word.lower()]
    begins = [name for name in known if name.startswith(word.lower())]
    close = begins[:3] or difflib.get_close_matches(word.lower(), known, cutoff=0.5)
    names = [name.upper() if name[-1].isdigit() else name for name in close]
    hint = f"; did you mean {' or '.join(names)}?" if names else ""
    raise ConfigurationError(
        f"{word} is not a code, rule or PATH:LINE{hint} (`twingen explain` lists all)"
    )


def manual(entry: Rule | Code, message: str = "") -> str:
    """Return the page of one code: what it is, examples, and what it looks at.

    With a message the example that it is said of comes first.
    """
    lines = [f"{entry.code} {entry.name}", "", inspect.cleandoc(entry.manual)]
    examples = _SECTION.split(_examples(entry))
    fitting = _fitting(examples, message)
    if fitting is not None:
        first = examples.pop(fitting)
        lines = [lines[0], "", first.strip(), "", *lines[2:]]
    if rest := "\n\n".join(filter(None, map(str.strip, examples))):
        lines += ["", rest]
    if isinstance(entry, Rule):
        lines += ["", f"looks at: {', '.join(t.__name__ for t in entry.node_types)}"]
        if entry.plugin != "twingen":
            lines.append(f"plug-in: {entry.plugin}")
    return "\n".join(lines)


def _fitting(examples: Sequence[str], message: str) -> int | None:
    """Return which example shows a message, whatever names that holds."""

    def likeness(example: str) -> float:
        texts = _MESSAGE.findall(example)
        ratios = (
            difflib.SequenceMatcher(None, text.split(), message.split()).ratio()
            for text in texts
        )
        return max(ratios, default=0.0)

    found = [likeness(each) for each in examples]
    best = max(found, default=0.0)
    return found.index(best) if message and best >= _ALIKE else None


def _examples(entry: Rule | Code) -> str:
    """Return the examples of a page; of a plug-in's code there are none."""
    if isinstance(entry, Rule) and entry.plugin != "twingen":
        return ""
    file = page(entry.code)
    if file is None:
        return ""
    text = file.read_text(encoding="utf-8")
    return text[text.find("\n## ") + 1 :].rstrip() if "\n## " in text else ""


def page(code: str) -> Path | None:
    """Return the file of a code's page; codes of plug-ins have none."""
    files = (folder / f"{code}.md" for folder in _PAGES)
    return next(filter(Path.is_file, files), None)


def contents(rules: Sequence[Rule] = RULES) -> str:
    """Return every code with its name and the first line of its manual."""
    entries = _entries(rules)
    width = max(len(entry.name) for entry in entries)
    return "\n".join(f"{e.code} {e.name:{width}} {summary(e)}" for e in entries)


def summary(entry: Rule | Code) -> str:
    """Return the first sentence of a manual, in one line."""
    paragraph = inspect.cleandoc(entry.manual).partition("\n\n")[0]
    return re.split(r"(?<=\.) (?=[A-Z`])", " ".join(paragraph.splitlines()))[0]


def _entries(rules: Sequence[Rule]) -> list[Rule | Code]:
    entries: list[Rule | Code] = [*rules, *CODES]
    return sorted(entries, key=lambda entry: entry.code)
