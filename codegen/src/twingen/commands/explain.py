"""explain: what a code means, which rules made a line, or why it is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ..diagnostics.diagnostic import ConfigurationError, ConversionError
from ..plugins import load_plugins
from ..project.config import find_root, load
from ..project.files import display
from ..reports import explain as manuals, report
from ..rules import RULES
from ..rules.rule import Rule
from ..source_map.twin_to_source import Lookup, place
from .console import IN_STEP, Console
from .inputs import given

_CODE = re.compile(r"\b(?P<code>[A-Z]+[0-9]+)\b(?: \w+:)? *(?P<message>.*)")


def explain(console: Console, start: Path, words: Sequence[str]) -> int:
    """Explain a code or a rule, a whole message, or a place; else list all codes."""
    what = " ".join(words)
    if not what:
        print(manuals.contents(_known_rules(start)))
        return IN_STEP
    asked = place(what)
    if asked is not None:
        return _explain_place(console, start, *asked)
    said = _CODE.search(what) if " " in what else None
    code, message = (said["code"], said["message"]) if said else (what, "")
    print(manuals.manual(manuals.find(code, _known_rules(start)), message))
    return IN_STEP


def _explain_place(console: Console, start: Path, path: Path, line: int) -> int:
    """Say which rules changed a line, or explain why it is refused."""
    root = find_root(start.resolve())
    config = load(root)
    path = given(start, path)
    try:
        print(Lookup(config).explanation(path, line))
        return IN_STEP
    except ConversionError as error:
        shown = display(config.root, path.resolve())
        here = [d for d in error.diagnostics if (d.path, d.line) == (shown, line)]
        if not here:
            raise
    rules = _known_rules(start)
    for number, refusal in enumerate(here):
        print(report.text(refusal, console.out))
        if refusal.code not in [each.code for each in here[:number]]:
            entry = manuals.find(refusal.code, rules)
            print(f"\n{manuals.manual(entry, refusal.message)}\n")
    return IN_STEP


def _known_rules(start: Path) -> Sequence[Rule]:
    """Return the rules of a project; outside of one that works, twingen's own."""
    try:
        return load_plugins(load(find_root(start.resolve())).plugins).rules
    except ConfigurationError:
        return RULES
